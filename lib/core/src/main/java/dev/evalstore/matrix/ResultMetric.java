package dev.evalstore.matrix;

/** A figure by which results are compared. */
public enum ResultMetric {
    /** Time to the first token; lower is better. */
    TTFT_P90_MS(false),
    /** Time for each further token; lower is better. */
    TPOT_P90_MS(false),
    /** Tokens a second; higher is better. */
    THROUGHPUT_TOKENS_SEC(true),
    /** Requests a second; higher is better. */
    RPS_SUSTAINED(true),
    /** Accuracy; higher is better. */
    ACCURACY_SCORE(true),
    /** VRAM in use; lower is better. */
    MEMORY_USED_GB(false);

    private final boolean higherIsBetter;

    ResultMetric(boolean higherIsBetter) {
        this.higherIsBetter = higherIsBetter;
    }

    /** Whether more of it is better. */
    public boolean isHigherBetter() {
        return higherIsBetter;
    }
}
