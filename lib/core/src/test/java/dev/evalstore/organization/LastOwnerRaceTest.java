package dev.evalstore.organization;

import static org.assertj.core.api.Assertions.assertThat;

import dev.evalstore.ConflictException;
import dev.evalstore.ConstraintViolationException;
import dev.evalstore.Database;
import dev.evalstore.NotFoundException;
import dev.evalstore.StatementListener;
import dev.evalstore.account.NewUser;
import dev.evalstore.testkit.TestDatabase;
import dev.evalstore.testkit.Threads;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.UUID;
import java.util.concurrent.Callable;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.stream.LongStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Two owners of the same organizations go, or make each other go, at once, each in a way of seven, while one of them may become
 * the owner of another organization. The seed decides ways, organizations, and which thread waits before which statement.
 */
class LastOwnerRaceTest {
    private static final int EVERY_DAY = 40;
    private static final int SEEDS = Integer.getInteger("organization.race.seeds", 200);

    @RegisterExtension
    static final TestDatabase database = TestDatabase.migrated();

    private static final Turns TURNS = new Turns();
    private static Database db;

    @BeforeAll
    static void open() {
        db = Database.open(database.config().listener(TURNS).poolSize(4).build());
    }

    @AfterAll
    static void close() {
        db.close();
    }

    static LongStream daily() {
        return LongStream.rangeClosed(1, EVERY_DAY);
    }

    static LongStream others() {
        return LongStream.rangeClosed(EVERY_DAY + 1, SEEDS);
    }

    @ParameterizedTest(name = "seed {0}")
    @MethodSource("daily")
    void an_active_owner_always_remains(long seed) throws Exception {
        race(seed);
    }

    @Tag("long")
    @ParameterizedTest(name = "seed {0}")
    @MethodSource("others")
    void an_active_owner_remains_in_every_other_interleaving(long seed) throws Exception {
        race(seed);
    }

    private static void race(long seed) throws Exception {
        database.admin("delete from evalstore.organizations; delete from evalstore.users");
        Random random = new Random(seed);
        List<UUID> owners = List.of(user("ada"), user("bob"));
        List<UUID> organizations = new ArrayList<>();
        for (int i = 0; i <= random.nextInt(3); i++) {
            int first = random.nextInt(2);
            UUID organization = organization("o" + i, owners.get(first));
            db.organizations().addMember(organization, owners.get(1 - first), MemberRole.OWNER);
            organizations.add(organization);
        }
        List<Callable<Object>> calls = new ArrayList<>();
        StringBuilder plan = new StringBuilder();
        for (int actor = 0; actor < 2; actor++) {
            OwnerWay way = OwnerWay.values()[random.nextInt(OwnerWay.values().length)];
            UUID user = owners.get(way == OwnerWay.LEAVE ? actor : 1 - actor);
            UUID organization = organizations.get(random.nextInt(organizations.size()));
            calls.add(
                    random.nextInt(3) == 0
                            ? () -> db.inTransaction(tx -> way.take(tx, organization, user))
                            : () -> way.take(db, organization, user));
            plan.append(actor).append(' ').append(way).append("; ");
        }
        if (random.nextInt(3) == 0) {
            UUID lucky = owners.get(random.nextInt(2));
            calls.add(() -> organization("new", lucky));
            plan.append("one founds another");
        }

        TURNS.begin();
        List<Object> outcomes = Threads.together(calls.size(), i -> () -> {
            TURNS.enter(new Random(seed * 31 + i));
            try {
                return calls.get(i).call();
            } catch (ConflictException | NotFoundException | ConstraintViolationException e) {
                return e;
            } finally {
                TURNS.leave();
            }
        });

        assertThat(
                        database.query(
                                "select slug from evalstore.organizations o where not exists ("
                                        + "select from evalstore.organization_members m join evalstore.users u on u.id = m.user_id"
                                        + " where m.organization_id = o.id and m.role = 'owner' and u.active and u.deleted_at is null)"))
                .as("%s: %s", plan, outcomes)
                .isEmpty();
        assertThat(outcomes.subList(0, 2))
                .as("%s: one of two can go", plan)
                .anySatisfy(outcome -> assertThat(outcome).isNotInstanceOf(Exception.class));
        assertThat(outcomes)
                .filteredOn(ConstraintViolationException.class::isInstance)
                .as("%s: a founder who was deleted meanwhile", plan)
                .allMatch(outcome ->
                        "organization_members_user_fk".equals(((ConstraintViolationException) outcome).constraint()));
    }

    private static UUID user(String name) {
        return db.users().create(NewUser.of(name + "@x", name)).id();
    }

    private static UUID organization(String slug, UUID owner) {
        return db.organizations()
                .create(NewOrganization.of(slug, slug, OrganizationType.ENTERPRISE), owner)
                .id();
    }

    /**
     * Before each statement a thread lets up to two statements of others go first, as its own random numbers say. The other may be
     * waiting for a lock of this thread, so no wait is long: what the waits decide is which interleaving is tried, and nothing else.
     */
    private static final class Turns implements StatementListener {
        private static final long WAIT = TimeUnit.MILLISECONDS.toNanos(4);

        private final Map<Thread, Random> inside = new ConcurrentHashMap<>();
        private long steps;

        synchronized void begin() {
            inside.clear();
            steps = 0;
        }

        void enter(Random random) {
            inside.put(Thread.currentThread(), random);
        }

        synchronized void leave() {
            inside.remove(Thread.currentThread());
            notifyAll();
        }

        @Override
        public synchronized void began(String name) {
            Random random = inside.get(Thread.currentThread());
            if (random == null) {
                return;
            }
            long until = steps + random.nextInt(3);
            long deadline = System.nanoTime() + WAIT;
            while (steps < until && inside.size() > 1 && deadline - System.nanoTime() > 0) {
                try {
                    TimeUnit.NANOSECONDS.timedWait(this, Math.max(1, deadline - System.nanoTime()));
                } catch (InterruptedException e) {
                    Thread.currentThread().interrupt();
                    return;
                }
            }
            steps++;
            notifyAll();
        }

        @Override
        public void ended(String name, Duration time, @Nullable Throwable failure) {
            // Only the beginnings are ordered.
        }
    }
}
