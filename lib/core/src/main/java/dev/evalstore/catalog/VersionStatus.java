package dev.evalstore.catalog;

/** The stage of a model version's life; any stage may follow any other. */
public enum VersionStatus {
    /** Not finished. */
    TRAINING,
    /** In use. */
    ACTIVE,
    /** Still served, but not for new uses. */
    DEPRECATED,
    /** No longer served. */
    RETIRED
}
