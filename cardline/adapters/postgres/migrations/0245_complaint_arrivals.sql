-- Two transfers of one authority may arrive in the same minute, each under its own number: neither may be lost where the
-- complaints are joined.
ALTER TABLE complaint_arrival DROP CONSTRAINT complaint_arrival_pkey;
ALTER TABLE complaint_arrival ADD PRIMARY KEY (complaint, run, door, at, reference);
