package dev.evalstore.state;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

class MemoryStateBackendTest implements StateBackendContract {
    private static final Map<String, MemoryStateBackend> OPENED = new ConcurrentHashMap<>();
    private static final Ticking CLOCK = new Ticking();

    /** A clock that moves a little with every look, and far when told. */
    static final class Ticking extends Clock {
        private Instant now = Instant.parse("2026-01-01T00:00:00Z");

        void advance(Duration time) {
            now = now.plus(time);
        }

        @Override
        public Instant instant() {
            return now;
        }

        @Override
        public ZoneId getZone() {
            return ZoneOffset.UTC;
        }

        @Override
        public Clock withZone(ZoneId zone) {
            return this;
        }
    }

    @Override
    public StateBackend open(String name, StateOptions options) {
        return OPENED.computeIfAbsent(name, n -> new MemoryStateBackend(n, options, CLOCK));
    }

    @Override
    public void advance(StateBackend state, Duration time) {
        CLOCK.advance(time);
    }
}
