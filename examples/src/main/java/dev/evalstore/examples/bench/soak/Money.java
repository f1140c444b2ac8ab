package dev.evalstore.examples.bench.soak;

import dev.evalstore.Repositories;
import dev.evalstore.state.StateBackend;
import dev.evalstore.state.StateEntry;
import dev.evalstore.state.StateOptions;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.List;

/** Accounts in a checkpointed namespace whose sum never changes, and a ledger in a plain one in which nothing is lost. */
final class Money {
    static final int ACCOUNTS = 20;
    static final long EACH = 1_000;
    static final long SUM = ACCOUNTS * EACH;

    private Money() {}

    static StateBackend accounts(Repositories on) {
        return on.state("money", StateOptions.DEFAULT);
    }

    static StateBackend ledger(Repositories on) {
        return on.state("ledger", StateOptions.PLAIN.watched(true));
    }

    static byte[] account(int i) {
        return key("account/%02d".formatted(i));
    }

    static byte[] key(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    static String text(byte[] bytes) {
        return new String(bytes, StandardCharsets.UTF_8);
    }

    static byte[] amount(long value) {
        return ByteBuffer.allocate(Long.BYTES).putLong(value).array();
    }

    static long amount(byte[] value) {
        return ByteBuffer.wrap(value).getLong();
    }

    static long sum(List<StateEntry> entries) {
        return entries.stream().mapToLong(entry -> amount(entry.value())).sum();
    }
}
