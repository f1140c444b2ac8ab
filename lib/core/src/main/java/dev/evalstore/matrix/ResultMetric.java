package dev.evalstore.matrix;

/** A figure by which results are compared. */
public enum ResultMetric {
    /** Time to the first token; lower is better. */
    TTFT_P90_MS(false, "and ttft_p90_ms is not null order by ttft_p90_ms, id limit ?"),
    /** Time for each further token; lower is better. */
    TPOT_P90_MS(false, "and tpot_p90_ms is not null order by tpot_p90_ms, id limit ?"),
    /** Tokens a second; higher is better. */
    THROUGHPUT_TOKENS_SEC(
            true, "and throughput_tokens_sec is not null order by throughput_tokens_sec desc, id limit ?"),
    /** Requests a second; higher is better. */
    RPS_SUSTAINED(true, "and rps_sustained is not null order by rps_sustained desc, id limit ?"),
    /** Accuracy; higher is better. */
    ACCURACY_SCORE(true, "and accuracy_score is not null order by accuracy_score desc, id limit ?"),
    /** VRAM in use; lower is better. */
    MEMORY_USED_GB(false, "and memory_used_gb is not null order by memory_used_gb, id limit ?");

    private final boolean higherIsBetter;
    private final String bestFirst;

    ResultMetric(boolean higherIsBetter, String bestFirst) {
        this.higherIsBetter = higherIsBetter;
        this.bestFirst = bestFirst;
    }

    /** Whether more of it is better. */
    public boolean isHigherBetter() {
        return higherIsBetter;
    }

    String bestFirst() {
        return bestFirst;
    }
}
