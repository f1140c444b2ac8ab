package dev.evalstore.state;

import java.time.Duration;
import java.util.concurrent.atomic.AtomicInteger;

/** What every state backend does, in every kind of namespace, topic by topic. */
interface StateContract {
    AtomicInteger NEXT = new AtomicInteger();

    /** The four kinds of namespace. */
    enum Kept {
        PLAIN(StateOptions.PLAIN),
        CHECKPOINTED(StateOptions.DEFAULT),
        WATCHED(StateOptions.PLAIN.watched(true)),
        BOTH(StateOptions.DEFAULT.watched(true));

        final StateOptions options;

        Kept(StateOptions options) {
            this.options = options;
        }
    }

    /** A namespace; the same name gives the same one. */
    StateBackend open(String name, StateOptions options);

    /** Lets time pass for what is stored in the namespace. */
    void advance(StateBackend state, Duration time);

    default StateBackend fresh(StateOptions options) {
        return open("contract-" + NEXT.incrementAndGet(), options);
    }

    default StateBackend fresh() {
        return fresh(StateOptions.DEFAULT);
    }
}
