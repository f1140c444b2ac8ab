package dev.evalstore.reliability;

import static dev.evalstore.reliability.Lab.KEY;
import static dev.evalstore.reliability.Lab.SOME;
import static dev.evalstore.reliability.Lab.VALUE;
import static dev.evalstore.reliability.Lab.bytes;
import static dev.evalstore.reliability.Write.Trait.ADDS;
import static dev.evalstore.reliability.Write.Trait.ALONE;
import static dev.evalstore.reliability.Write.Trait.IN_PIECES;
import static dev.evalstore.reliability.Write.Trait.PASSES_OVER;

import dev.evalstore.lock.Lock;
import dev.evalstore.state.NewStateEntry;
import dev.evalstore.state.PutOptions;
import dev.evalstore.state.StateEntry;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.List;
import java.util.stream.IntStream;

/** Of the state and of locks. */
final class StateWrites {
    private static final Duration HOUR = Duration.ofHours(1);
    private static final Duration DAY = Duration.ofDays(1);

    private StateWrites() {}

    static List<Write<?>> state() {
        return List.of(
                Write.of("state.put/2", Lab::entry, (r, x) -> r.state().put(KEY, VALUE)),
                Write.of(
                        "state.put/3",
                        Lab::entry,
                        (r, x) -> r.state()
                                .put(KEY, VALUE, PutOptions.expiringAfter(DAY).metadata(SOME))),
                Write.of("state.put/3", Lab::entry, (r, x) -> r.state().put(VALUE, VALUE, PutOptions.NONE.ifAbsent()))
                        .like("if absent"),
                Write.of(
                        "state.compareAndSet/3",
                        lab -> version(lab),
                        (r, version) -> r.state().compareAndSet(KEY, version, VALUE)),
                Write.of(
                                "state.compareAndSet/3",
                                Lab::entry,
                                (r, x) -> r.state().compareAndSet(VALUE, 0, VALUE))
                        .like("of nothing"),
                Write.of(
                                "state.increment/2",
                                lab -> lab.db().state().increment(KEY, 5),
                                (r, x) -> r.state().increment(KEY, 1))
                        .which(ADDS),
                Write.of(
                                "state.putAll/1",
                                Lab::entry,
                                (r, x) -> Writes.done(() -> r.state().putAll(entries(20, 10))))
                        .like("in one statement"),
                Write.of(
                                "state.putAll/1",
                                Lab::entry,
                                (r, x) -> Writes.done(() -> r.state().putAll(entries(2_500, 10))))
                        .like("in several"),
                Write.of("state.delete/1", Lab::checkpoint, (r, x) -> r.state().delete(KEY)),
                Write.of(
                        "state.compareAndDelete/2",
                        lab -> version(lab),
                        (r, version) -> r.state().compareAndDelete(KEY, version)),
                Write.of("state.deleteAll/1", Lab::entry, (r, x) -> r.state().deleteAll(List.of(KEY, VALUE))),
                Write.of("state.clear/0", Lab::entry, (r, x) -> r.state().clear()),
                Write.of(
                        "state.touch/1",
                        lab -> {
                            lab.db().state().put(KEY, VALUE, PutOptions.expiringAfter(DAY));
                            lab.sql(
                                    "update evalstore.state_entries set expires_at = now() + interval '1 hour', updated_at = now() - interval '23 hours'");
                            return 0;
                        },
                        (r, x) -> r.state().touch(KEY)),
                Write.of("state.expire/2", Lab::entry, (r, x) -> r.state().expire(KEY, DAY)),
                Write.of(
                        "state.persist/1",
                        lab -> lab.db().state().put(KEY, VALUE, PutOptions.expiringAfter(DAY)),
                        (r, x) -> r.state().persist(KEY)),
                Write.of(
                                "state.cleanupExpired/0",
                                lab -> {
                                    lab.db().state().put(KEY, VALUE, PutOptions.expiringAfter(DAY));
                                    lab.sql(
                                            "update evalstore.state_entries set expires_at = now() - interval '1 day', expiry_minute = expiry_minute - 2880");
                                    return 0;
                                },
                                (r, x) -> r.state().cleanupExpired())
                        .which(PASSES_OVER),
                Write.of(
                                "state.createCheckpoint/2",
                                Lab::entry,
                                (r, x) -> r.state().createCheckpoint("l", SOME))
                        .which(ADDS),
                Write.of(
                                "state.createCheckpoint/0",
                                Lab::entry,
                                (r, x) -> r.state().createCheckpoint())
                        .which(ADDS),
                Write.of(
                        "state.measureCheckpoint/1",
                        Lab::checkpoint,
                        (r, id) -> r.state().measureCheckpoint(id)),
                Write.of(
                        "state.restoreCheckpoint/1",
                        Lab::checkpoint,
                        (r, id) -> r.state().restoreCheckpoint(id)),
                Write.of(
                        "state.deleteCheckpoint/1",
                        Lab::checkpoint,
                        (r, id) -> r.state().deleteCheckpoint(id)),
                Write.of(
                        "state.cleanupCheckpoints/2",
                        Lab::checkpoint,
                        (r, id) -> r.state().cleanupCheckpoints(0, null)),
                Write.of(
                                "state.cleanupHistory/0",
                                lab -> lab.db().state().deleteCheckpoint(lab.checkpoint()),
                                (r, x) -> r.state().cleanupHistory())
                        .which(PASSES_OVER),
                Write.of(
                        "state.cleanupChanges/1",
                        lab -> {
                            lab.db()
                                    .state("fed", dev.evalstore.state.StateOptions.DEFAULT.watched(true))
                                    .put(KEY, VALUE);
                            lab.sql("update evalstore.state_changes set created_at = now() - interval '2 days'");
                            return 0;
                        },
                        (r, x) -> r.state("fed", dev.evalstore.state.StateOptions.DEFAULT.watched(true))
                                .cleanupChanges(DAY)),
                Write.of(
                        "state.importFrom/1",
                        StateWrites::exported,
                        (r, bytes) -> r.state().importFrom(new ByteArrayInputStream(bytes))));
    }

    private static long version(Lab lab) {
        return lab.entry().getEntry(KEY).map(StateEntry::version).orElseThrow();
    }

    private static List<NewStateEntry> entries(int count, int size) {
        return IntStream.range(0, count)
                .mapToObj(i -> NewStateEntry.of(bytes("k" + i), new byte[size]))
                .toList();
    }

    private static byte[] exported(Lab lab) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        try {
            lab.entry().export(null, out);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        lab.db().state().clear();
        return out.toByteArray();
    }

    static List<Write<?>> locks() {
        return List.of(
                Write.of("locks.tryAcquire/3", lab -> 0, (r, x) -> r.locks().tryAcquire("l", "h", HOUR)),
                Write.of("locks.acquire/4", lab -> 0, (r, x) -> r.locks().acquire("l", "h", HOUR, Duration.ZERO))
                        .which(ALONE),
                Write.of(
                                "locks.withLock/5",
                                lab -> 0,
                                (r, x) -> r.locks().withLock("l", "h", HOUR, Duration.ZERO, lock -> lock.resource()))
                        .which(ADDS, ALONE, IN_PIECES),
                Write.of(
                                "locks.useLock/5",
                                lab -> 0,
                                (r, x) -> r.locks().useLock("l", "h", HOUR, Duration.ZERO, lock -> {}))
                        .which(ADDS, ALONE, IN_PIECES),
                Write.of(
                        "locks.extend/2",
                        StateWrites::held,
                        (r, lock) -> r.locks().extend(lock, DAY)),
                Write.of(
                        "locks.release/1",
                        StateWrites::held,
                        (r, lock) -> r.locks().release(lock)),
                Write.of(
                                "locks.cleanup/1",
                                lab -> {
                                    held(lab);
                                    lab.sql(
                                            "update evalstore.state_locks set acquired_at = now() - interval '3 days', expires_at = now() - interval '2 days'");
                                    return 0;
                                },
                                (r, x) -> r.locks().cleanup(DAY))
                        .which(PASSES_OVER));
    }

    private static Lock held(Lab lab) {
        return lab.db().locks().tryAcquire("l", "h", HOUR).orElseThrow();
    }
}
