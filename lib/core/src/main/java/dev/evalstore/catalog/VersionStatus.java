package dev.evalstore.catalog;

/** Where a model version is in its life; any may follow any. */
public enum VersionStatus {
    /** Not finished. */
    TRAINING,
    /** To be used. */
    ACTIVE,
    /** Still served, not to be chosen anew. */
    DEPRECATED,
    /** No longer served. */
    RETIRED
}
