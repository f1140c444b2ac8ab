package dev.evalstore.bench.soak;

import dev.evalstore.Database;
import java.util.Random;
import java.util.concurrent.TimeUnit;

/** One thread of a client that does one thing after another, whatever happens to the server meanwhile. */
abstract class Room implements Runnable {
    final Site site;
    final Database db;
    final Journal journal;
    final Random random;
    private final String name;
    private boolean isAtRest;

    Room(Site site, String name, String thread) {
        this.site = site;
        this.db = site.db();
        this.journal = site.journal();
        this.name = name;
        this.random = site.random(name + thread);
    }

    /** One operation, or a few; what it throws is noted where it is no consequence of a fault. */
    abstract void step() throws Exception;

    /** Whether the room is done. Most rooms begin nothing new while the others drain. */
    boolean isOver() {
        return site.isDraining();
    }

    /** What is left to do at the end. */
    void leave() throws Exception {}

    @Override
    public final void run() {
        while (!isOver()) {
            if (site.isDraining()) {
                rest();
            }
            attempt(this::step);
        }
        rest();
        attempt(this::leave);
    }

    /** Whatever the room began before the others drain has ended. */
    private void rest() {
        if (!isAtRest) {
            isAtRest = true;
            site.roomRests();
        }
    }

    /** Something that may fail. */
    private interface Action {
        void run() throws Exception;
    }

    private void attempt(Action action) {
        try {
            action.run();
        } catch (Exception | LinkageError e) {
            journal.failure(name, getClass().getSimpleName(), e);
            pause(50, 150);
        }
    }

    final void pause(int least, int most) {
        try {
            TimeUnit.MILLISECONDS.sleep(least + random.nextInt(most - least));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }
}
