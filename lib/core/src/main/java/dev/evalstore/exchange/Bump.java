package dev.evalstore.exchange;

/** Which number of a version rises by one; those after it become 0. */
public enum Bump {
    /** For a change after which scores cannot be compared with earlier ones: 1.4.2 becomes 2.0.0. */
    MAJOR,
    /** For an addition: 1.4.2 becomes 1.5.0. */
    MINOR,
    /** For a correction: 1.4.2 becomes 1.4.3. */
    PATCH
}
