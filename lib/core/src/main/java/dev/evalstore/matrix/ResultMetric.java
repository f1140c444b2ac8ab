package dev.evalstore.matrix;

/** A figure by which results are compared. */
public enum ResultMetric {
    /** Time to the first token; lower is better. */
    TTFT_P90_MS("and ttft_p90_ms is not null order by ttft_p90_ms, id limit ?"),
    /** Time for each further token; lower is better. */
    TPOT_P90_MS("and tpot_p90_ms is not null order by tpot_p90_ms, id limit ?"),
    /** Tokens a second; higher is better. */
    THROUGHPUT_TOKENS_SEC("and throughput_tokens_sec is not null order by throughput_tokens_sec desc, id limit ?"),
    /** Requests a second; higher is better. */
    RPS_SUSTAINED("and rps_sustained is not null order by rps_sustained desc, id limit ?"),
    /** Accuracy; higher is better. */
    ACCURACY_SCORE("and accuracy_score is not null order by accuracy_score desc, id limit ?"),
    /** VRAM in use; lower is better. */
    MEMORY_USED_GB("and memory_used_gb is not null order by memory_used_gb, id limit ?");

    private final String bestFirst;

    ResultMetric(String bestFirst) {
        this.bestFirst = bestFirst;
    }

    String bestFirst() {
        return bestFirst;
    }
}
