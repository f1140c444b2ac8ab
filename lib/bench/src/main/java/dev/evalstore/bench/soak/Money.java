package dev.evalstore.bench.soak;

import dev.evalstore.Repositories;
import dev.evalstore.state.NewStateEntry;
import dev.evalstore.state.StateBackend;
import dev.evalstore.state.StateEntry;
import dev.evalstore.state.StateOptions;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/** Accounts in a checkpointed namespace whose sum never changes, and a ledger in a plain one in which nothing is lost. */
final class Money {
    static final int ACCOUNTS = 20;
    static final long EACH = 1_000;
    static final long SUM = ACCOUNTS * EACH;

    /** Empty ones between the accounts, so that reading all of them takes more than a page. */
    static final int EMPTY = 1_200;

    /** {@link #holding} of all of them at one moment. */
    static final String ALL_HELD = SUM + " in " + (ACCOUNTS + EMPTY);

    private Money() {}

    /** Opens all accounts. */
    static void open(StateBackend accounts) {
        for (int i = 0; i < ACCOUNTS; i++) {
            accounts.put(account(i), amount(EACH));
        }
        accounts.putAll(IntStream.range(0, EMPTY)
                .mapToObj(i -> NewStateEntry.of(key("account/09/%04d".formatted(i)), amount(0)))
                .toList());
    }

    /** What accounts are imported into. */
    static StateBackend copy(Repositories on) {
        return on.state("copy", StateOptions.PLAIN);
    }

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

    /** The accounts between which money goes, at one moment. */
    static List<StateEntry> present(StateBackend accounts) {
        return accounts.getAll(
                IntStream.range(0, ACCOUNTS).mapToObj(Money::account).toList());
    }

    /** All entries, page after page. */
    static List<StateEntry> all(StateBackend state) {
        return pages(after -> state.entries(new byte[0], 1_000, after));
    }

    /** The same as they were. */
    static List<StateEntry> all(StateBackend state, UUID checkpoint) {
        return pages(after -> state.entriesAt(checkpoint, new byte[0], 1_000, after));
    }

    private static List<StateEntry> pages(Function<byte @Nullable [], List<StateEntry>> pages) {
        List<StateEntry> all = new ArrayList<>();
        List<StateEntry> page = pages.apply(null);
        while (!page.isEmpty()) {
            all.addAll(page);
            page = pages.apply(page.get(page.size() - 1).key());
        }
        return all;
    }

    /** How much in how many accounts. */
    static String holding(List<StateEntry> entries) {
        return sum(entries) + " in " + entries.size();
    }

    /** By which one moment can be told from another. */
    static String amounts(List<StateEntry> entries) {
        return entries.stream()
                .map(entry -> amount(entry.value()))
                .filter(amount -> amount != 0)
                .map(amount -> Long.toString(amount))
                .collect(Collectors.joining("."));
    }

    static long sum(List<StateEntry> entries) {
        return entries.stream().mapToLong(entry -> amount(entry.value())).sum();
    }
}
