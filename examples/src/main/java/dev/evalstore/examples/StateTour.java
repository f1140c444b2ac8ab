package dev.evalstore.examples;

import dev.evalstore.ConflictException;
import dev.evalstore.Cursor;
import dev.evalstore.Database;
import dev.evalstore.DatabaseConfig;
import dev.evalstore.Json;
import dev.evalstore.lock.Lock;
import dev.evalstore.lock.LockLostException;
import dev.evalstore.state.Checkpoint;
import dev.evalstore.state.NewStateEntry;
import dev.evalstore.state.PutOptions;
import dev.evalstore.state.StateBackend;
import dev.evalstore.state.StateChanges;
import dev.evalstore.state.StateEntry;
import dev.evalstore.state.StateOptions;
import dev.evalstore.testing.LocalServer;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Map;

/** Everything that the state backend and the locks do, a line or two each, on an embedded PostgreSQL. */
public final class StateTour {
    private final Database db;
    private final StateBackend state;
    private final PrintStream out;

    StateTour(Database db, PrintStream out) {
        this.db = db;
        this.state = db.state("tour", StateOptions.DEFAULT.watched(true));
        this.out = out;
    }

    /** Takes no arguments; {@code EVALSTORE_URL} names a server of your own. */
    public static void main(String[] args) throws IOException {
        Usage.require(args.length == 0, "StateTour, without arguments");
        try (LocalServer server = LocalServer.start();
                Database db = Database.open(DatabaseConfig.builder(server.url()).build())) {
            db.migrate();
            new StateTour(db, System.out).run();
        }
    }

    private static byte[] b(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    private static String s(byte[] bytes) {
        return new String(bytes, StandardCharsets.UTF_8);
    }

    void run() throws IOException {
        entries();
        conditions();
        expiry();
        checkpoints();
        feed();
        export();
        locks();
        out.println("stats        " + state.stats().puts() + " puts, "
                + state.stats().gets() + " gets, " + state.stats().retries() + " retries; healthy: "
                + state.healthCheck().healthy());
    }

    private void entries() {
        state.clear();
        state.put(b("run/1/offset"), b("0"));
        state.put(b("run/1/model"), b("gpt-4"), PutOptions.NONE.metadata(Json.of(Map.of("owner", "ada"))));
        state.putAll(List.of(
                NewStateEntry.of(b("run/2/offset"), b("17")), NewStateEntry.of(b("run/2/model"), b("llama-3"))));
        out.println("get          run/2/offset = "
                + state.get(b("run/2/offset")).map(StateTour::s).orElseThrow());
        out.println("list         run/1/ has "
                + state.listKeys(b("run/1/"), 100, null).stream()
                        .map(StateTour::s)
                        .toList());
        out.println("metadata     ada's: "
                + state.queryByMetadata(Json.of(Map.of("owner", "ada")), 10, null).stream()
                        .map(entry -> s(entry.key()))
                        .toList());
        out.println("count        " + state.count() + " entries, " + state.count(b("run/2/")) + " of run 2");
        out.println(
                "increment    hits = " + state.increment(b("hits"), 41) + ", then " + state.increment(b("hits"), 1));
    }

    private void conditions() {
        StateEntry offset = state.getEntry(b("run/1/offset")).orElseThrow();
        boolean first =
                state.compareAndSet(b("run/1/offset"), offset.version(), b("1")).isPresent();
        boolean second =
                state.compareAndSet(b("run/1/offset"), offset.version(), b("1")).isPresent();
        out.println("compare      with the version read: " + first + "; with the same one again: " + second);
        try {
            state.put(b("run/1/offset"), b("9"), PutOptions.NONE.ifAbsent());
        } catch (ConflictException e) {
            out.println("if absent    refused: " + e.getMessage());
        }
    }

    private void expiry() {
        state.put(b("session"), b("open"), PutOptions.expiringAfter(Duration.ofMillis(1)));
        while (state.contains(b("session"))) {
            Thread.onSpinWait();
        }
        out.println("expiry       the session is gone; the sweeper frees "
                + state.cleanupExpired().removed() + " entry");
        state.put(b("session"), b("again"));
        state.expire(b("session"), Duration.ofHours(1));
        state.persist(b("session"));
        out.println("persist      it expires "
                + (state.getEntry(b("session")).orElseThrow().expiresAt() == null ? "never" : "still"));
    }

    private void checkpoints() {
        Checkpoint checkpoint = state.createCheckpoint("before the mistake", Json.of(Map.of("row", 5_000)));
        state.put(b("run/1/offset"), b("wrong"));
        state.delete(b("run/2/model"));
        state.diff(checkpoint.id(), null, 10, null)
                .forEach(difference -> out.println("diff         " + difference.kind() + " " + s(difference.key())));
        out.println("read at      run/1/offset was "
                + state.readAt(checkpoint.id(), b("run/1/offset"))
                        .map(entry -> s(entry.value()))
                        .orElseThrow());
        out.println("restore      " + state.restoreCheckpoint(checkpoint.id()) + " keys; run/1/offset = "
                + state.get(b("run/1/offset")).map(StateTour::s).orElseThrow());
        out.println("measure      " + state.measureCheckpoint(checkpoint.id()).entries() + " entries in it");
        out.println("clean up     " + state.cleanupCheckpoints(0, null).removed() + " checkpoint forgotten, "
                + state.cleanupHistory().removed() + " rows of history freed");
    }

    private void feed() {
        int changes = 0;
        Cursor token = null;
        StateChanges page;
        do {
            page = state.watch(b(""), token, 100);
            token = page.next();
            changes += page.changes().size();
        } while (!page.changes().isEmpty());
        out.println("watch        " + changes + " changes so far; the token is kept to go on from");
    }

    private void export() throws IOException {
        ByteArrayOutputStream file = new ByteArrayOutputStream();
        long exported = state.export(null, file);
        StateBackend copy = db.state("tour-copy", StateOptions.PLAIN);
        long imported = copy.importFrom(new ByteArrayInputStream(file.toByteArray()));
        out.println("export       " + exported + " entries in " + file.size() + " bytes; imported " + imported);
    }

    private void locks() {
        Lock lock =
                db.locks().tryAcquire("tour", "guide", Duration.ofMinutes(1)).orElseThrow();
        boolean another =
                db.locks().tryAcquire("tour", "visitor", Duration.ofMinutes(1)).isPresent();
        out.println("lock         held by " + lock.holder() + "; a second one gets it: " + another);
        db.locks().release(lock);
        try {
            db.useTransaction(tx -> {
                tx.locks().require(lock);
                tx.state("tour", StateOptions.DEFAULT.watched(true)).put(b("late"), b("never stored"));
            });
        } catch (LockLostException e) {
            out.println("fence        " + e.getMessage() + ", and nothing was stored: " + !state.contains(b("late")));
        }
    }
}
