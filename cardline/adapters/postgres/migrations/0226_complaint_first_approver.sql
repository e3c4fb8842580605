ALTER TABLE complaint ADD COLUMN first_approver text;
COMMENT ON COLUMN complaint.first_approver IS 'Who agreed as the second person to the decision that is re-examined; null: nobody had to';
UPDATE complaint SET first_approver = decided.approved_by
    FROM complaint_decision AS decided
    WHERE complaint.round > 1 AND decided.complaint = complaint.id AND decided.run = complaint.run
        AND decided.round = 1 AND decided.approved_by IS NOT NULL;
