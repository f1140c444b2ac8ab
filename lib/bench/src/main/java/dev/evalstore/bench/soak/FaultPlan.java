package dev.evalstore.bench.soak;

import dev.evalstore.bench.soak.Fault.Kind;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;

/**
 * The schedule of faults that a seed stands for. The kinds are dealt like cards, so that each has its turn, one every few seconds;
 * those that last overlap others, but not one on the same thing.
 */
public final class FaultPlan {
    private static final int FIRST = 3_000;
    private static final int MIN_GAP = 1_200;
    private static final int MAX_GAP = 3_500;

    private final Random random;
    private final List<String> clients;
    private final Map<String, Long> busyUntil = new HashMap<>();

    private FaultPlan(long seed, List<String> clients) {
        this.random = new Random(seed);
        this.clients = clients;
    }

    /** The faults in their order; the last one is over before the time is. */
    public static List<Fault> of(long seed, Duration time, List<String> clients) {
        return new FaultPlan(seed, List.copyOf(clients)).deal(time.toMillis());
    }

    private List<Fault> deal(long time) {
        List<Fault> faults = new ArrayList<>();
        Deque<Kind> cards = new ArrayDeque<>();
        long now = FIRST;
        while (true) {
            if (cards.isEmpty()) {
                List<Kind> deck = new ArrayList<>(List.of(Kind.values()));
                Collections.shuffle(deck, random);
                cards.addAll(deck);
            }
            Kind kind = cards.remove();
            String client = clients.get(random.nextInt(clients.size()));
            long lasts = lasts(kind);
            boolean toServer = random.nextBoolean();
            String target = target(kind, client);
            now = Math.max(now, busyUntil.getOrDefault(target, 0L));
            if (now + lasts > time) {
                return faults;
            }
            busyUntil.put(target, now + lasts + 500);
            faults.add(new Fault(Duration.ofMillis(now), kind, Duration.ofMillis(lasts), client, toServer));
            now += between(MIN_GAP, MAX_GAP);
        }
    }

    private long lasts(Kind kind) {
        return switch (kind) {
            case KILL_CLIENT -> between(100, 2_000);
            // Longer than a worker's three seconds to live.
            case PAUSE_CLIENT -> between(4_000, 7_000);
            case KILL_SERVER, STOP_SERVER -> between(100, 2_500);
            case IDLE_TRANSACTION -> between(3_000, 10_000);
            case DELAY -> between(2_000, 6_000);
            // Shorter and longer than it takes a client to give up.
            case STALL -> between(1_000, 14_000);
            case TERMINATE_SESSIONS, CUT, HALF_CLOSE, RESET -> 0;
        };
    }

    /** What it is done to; an instant fault meets no other. */
    private static String target(Kind kind, String client) {
        return switch (kind) {
            case KILL_CLIENT, PAUSE_CLIENT -> client;
            case KILL_SERVER, STOP_SERVER -> "server";
            case IDLE_TRANSACTION -> "idle transaction";
            case DELAY, STALL -> "network";
            case TERMINATE_SESSIONS, CUT, HALF_CLOSE, RESET -> "nothing";
        };
    }

    private long between(int least, int most) {
        return least + (long) random.nextInt(most - least);
    }
}
