package dev.evalstore.cache;

import java.time.Duration;

/** What a {@link CachedStore} holds, and how long unless the options say otherwise. */
public enum CachedKind {
    /** A model with its versions. */
    MODEL(Duration.ofHours(1)),
    /** A version of a model. */
    MODEL_VERSION(Duration.ofHours(1)),
    /** The results of a model version on a machine. */
    RESULTS(Duration.ofMinutes(30)),
    /** The rankings of a use case's category by a method. */
    RANKINGS(Duration.ofMinutes(15)),
    /** The list of machines. */
    HARDWARE(Duration.ofHours(2)),
    /** The list of framework versions. */
    FRAMEWORKS(Duration.ofHours(2)),
    /** The list of use cases. */
    USE_CASES(Duration.ofHours(2)),
    /** Summary and daily statistics of a model version. */
    METRICS(Duration.ofMinutes(10)),
    /** A benchmark definition with its latest version. */
    DEFINITION(Duration.ofMinutes(15)),
    /** The top of a board. */
    BOARD(Duration.ofMinutes(15));

    /** In memory. */
    static final Duration IN_MEMORY = Duration.ofMinutes(5);

    final Duration shared;

    CachedKind(Duration shared) {
        this.shared = shared;
    }
}
