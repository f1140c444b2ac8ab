package dev.evalstore.catalog;

/** The file format of a dataset. */
public enum DatasetFormat {
    /** A JSON document a line. */
    JSONL,
    CSV,
    PARQUET,
    ARROW,
    /** Plain text. */
    TEXT,
    OTHER
}
