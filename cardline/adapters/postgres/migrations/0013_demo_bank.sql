CREATE TABLE demo_bank (
    one     boolean PRIMARY KEY DEFAULT true CHECK (one),
    seed    bigint  NOT NULL,
    holders integer NOT NULL CHECK (holders > 0),
    made_on date    NOT NULL
);
COMMENT ON TABLE demo_bank IS 'The made-up bank of the demonstration, where there is one';
COMMENT ON COLUMN demo_bank.one IS 'There is at most one';
COMMENT ON COLUMN demo_bank.seed IS 'From which everybody in it is made, repeatably';
COMMENT ON COLUMN demo_bank.holders IS 'How many holders it has';
COMMENT ON COLUMN demo_bank.made_on IS 'Business day up to which its history goes';
