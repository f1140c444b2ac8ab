package dev.evalstore.backup;

/** What becomes of API keys in a store that was restored. */
public enum RestoredKeys {
    /** Every active key is suspended, until somebody resumes it. */
    SUSPEND,
    /** Keys stay as they were. Those that were revoked after the backup work again. */
    KEEP
}
