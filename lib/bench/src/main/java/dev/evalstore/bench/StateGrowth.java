package dev.evalstore.bench;

import dev.evalstore.state.Checkpoint;
import dev.evalstore.state.NewStateEntry;
import dev.evalstore.state.StateBackend;
import dev.evalstore.state.StateOptions;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ThreadLocalRandom;

/**
 * What does not grow with the state, and what grows with the changes alone: checkpoints of states of three sizes in turns, and
 * copies of all of them for comparison; pages of the largest; restores of ever more changed keys in it.
 */
final class StateGrowth {
    private static final int BATCH = 10_000;
    private static final int PAGE = 1_000;
    private static final byte[] CHANGED = new byte[100];

    private final Lab lab;
    private final int largest;
    private final Map<Integer, StateBackend> states = new LinkedHashMap<>();

    private StateGrowth(Lab lab) throws Exception {
        this.lab = lab;
        this.largest = lab.settings().number("entries", 1_000_000);
        for (int size : List.of(Math.max(1, largest / 1_000), Math.max(1, largest / 10), largest)) {
            lab.report().progress("filling a state of " + size + " entries");
            StateBackend state = lab.db().state("bench-" + size, StateOptions.DEFAULT);
            for (int from = 0; from < size; from += BATCH) {
                state.putAll(StateBench.entries(from, Math.min(BATCH, size - from)));
            }
            states.put(size, state);
        }
        // What filling has left to write would be written beside the first measurements.
        lab.execute("vacuum analyze evalstore.state_entries", "checkpoint");
    }

    static void run(Lab lab) throws Exception {
        StateGrowth growth = new StateGrowth(lab);
        growth.checkpoints();
        growth.copies();
        growth.pages();
        growth.restores();
    }

    /** One of each state in turn, so that what the disk is busy with for a moment delays all of them. */
    private void checkpoints() {
        lab.report().progress("state.checkpoint, us");
        int turns = 20 * lab.rounds();
        List<String> sizes = new ArrayList<>();
        List<StateBackend> turn = new ArrayList<>();
        states.forEach((size, state) -> {
            sizes.add(size.toString());
            turn.add(state);
        });
        double[][] micros = new double[turn.size()][turns];
        for (int i = -20; i < turns; i++) {
            for (int place = 0; place < turn.size(); place++) {
                int side = Math.floorMod(i + place, turn.size());
                double took = microsToCheckpoint(turn.get(side));
                if (i >= 0) {
                    micros[side][i] = took;
                }
            }
        }
        Map<String, Double> medians = new LinkedHashMap<>();
        for (int side = 0; side < micros.length; side++) {
            medians.put(sizes.get(side), Rounds.median(micros[side]));
        }
        report("state.checkpoint", medians, "checkpoint");
        lab.report()
                .ratio(
                        "state.checkpoint",
                        Map.of(
                                "largest",
                                Collections.max(medians.values()),
                                "smallest",
                                Collections.min(medians.values())),
                        "largest",
                        "smallest");
    }

    private static double microsToCheckpoint(StateBackend state) {
        long start = System.nanoTime();
        Checkpoint made = state.createCheckpoint();
        double took = (System.nanoTime() - start) / 1e3;
        state.deleteCheckpoint(made.id());
        return took;
    }

    private void copies() throws Exception {
        lab.report().progress("state.checkpoint as a copy of everything, us");
        Rounds rounds = new Rounds(lab);
        for (Map.Entry<Integer, StateBackend> state : states.entrySet()) {
            StateByHand hand = new StateByHand(lab, state.getValue().namespace());
            rounds.side(state.getKey().toString(), hand::copyAll);
        }
        report("state.checkpoint", rounds.medians(), "full copy");
        lab.execute("checkpoint");
    }

    private void report(String bench, Map<String, Double> micros, String system) {
        micros.forEach((size, value) -> lab.report()
                .values(
                        bench,
                        Map.of(system, value),
                        "us",
                        Map.of("entries", Integer.parseInt(size), "rounds", lab.rounds())));
    }

    private void pages() throws Exception {
        StateBackend state = state();
        StateByHand hand = new StateByHand(lab, state.namespace());
        lab.report().progress("state.list_keys, us a page of " + PAGE);
        Map<String, Double> micros = new Calls(lab, lab.settings().number("pages", 1_000))
                .side("evalstore", () -> state.listKeys(new byte[0], PAGE, anyKey()))
                .side("raw", () -> hand.list(anyKey(), PAGE))
                .medianMicros();
        lab.report()
                .values(
                        "state.list_keys",
                        micros,
                        "us",
                        Map.of("entries", largest, "page", PAGE, "rounds", lab.rounds()));
        lab.report().ratio("state.list_keys", micros, "evalstore", "raw");
    }

    private StateBackend state() {
        return lab.db().state("bench-" + largest, StateOptions.DEFAULT);
    }

    private byte[] anyKey() {
        return StateBench.key(ThreadLocalRandom.current().nextInt(largest));
    }

    private void restores() throws Exception {
        StateBackend state = state();
        Map<String, Double> millis = new LinkedHashMap<>();
        List<String> changes = new ArrayList<>();
        for (int changed : List.of(largest / 1_000, largest / 100, largest / 10)) {
            lab.report().progress("state.restore of " + changed + " changed keys, ms");
            List<NewStateEntry> batch = new ArrayList<>();
            for (int i = 0; i < Math.max(1, changed); i++) {
                batch.add(NewStateEntry.of(StateBench.key((int) ((long) i * largest / changed)), CHANGED));
            }
            String name = changed + " changed";
            millis.putAll(new Rounds(lab)
                    .side(name, () -> millisToRestore(state, batch))
                    .medians());
            changes.add(name);
        }
        lab.report().values("state.restore", millis, "ms", Map.of("entries", largest, "rounds", lab.rounds()));
        lab.report().ratio("state.restore", millis, changes.get(1), changes.get(0));
        lab.report().ratio("state.restore", millis, changes.get(2), changes.get(1));
    }

    private static double millisToRestore(StateBackend state, List<NewStateEntry> batch) {
        Checkpoint made = state.createCheckpoint();
        state.putAll(batch);
        long start = System.nanoTime();
        state.restoreCheckpoint(made.id());
        double took = (System.nanoTime() - start) / 1e6;
        state.deleteCheckpoint(made.id());
        state.cleanupHistory();
        return took;
    }
}
