package dev.evalstore.exchange;

/**
 * A benchmark definition's place in its life: draft, under review, then active or draft again; from active deprecated,
 * and from there archived or active again. Submissions are accepted while it is active or deprecated.
 */
public enum DefinitionStatus {
    /** Being written; its versions may still change. */
    DRAFT,
    /** Waiting for the decision of a review; its versions may still change. */
    UNDER_REVIEW,
    /** Published: its versions change no more. */
    ACTIVE,
    /** Still accepts submissions, but its maintainers advise against it, with a reason. */
    DEPRECATED,
    /** Closed for good. */
    ARCHIVED;

    /** Whether a definition in this status accepts submissions. */
    public boolean acceptsSubmissions() {
        return this == ACTIVE || this == DEPRECATED;
    }
}
