package dev.evalstore.exchange;

/**
 * The answer to a submission.
 *
 * @param submission the new submission, or the one that was submitted first with the same execution id and contents
 * @param isNew whether it is the new one
 */
public record SubmittedSubmission(Submission submission, boolean isNew) {}
