package dev.evalstore.reliability;

import static org.assertj.core.api.Assertions.assertThat;

import dev.evalstore.Maintenance;
import dev.evalstore.Repositories;
import dev.evalstore.internal.event.Emits;
import dev.evalstore.internal.jdbc.Jdbc;
import dev.evalstore.internal.jdbc.Table;
import dev.evalstore.testkit.MainClasses;
import dev.evalstore.testkit.MainClasses.Constant;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.sql.SQLException;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Each write on its own, the server there again at once; and that each write is among them. */
class UnknownOutcomeTest extends UnknownOutcomes {
    /** What reads, or does nothing that could be lost; named, so that nothing is left out by accident. */
    private static final Set<String> READERS = Set.of(
            "find",
            "get",
            "list",
            "count",
            "stats",
            "stream",
            "summary",
            "history",
            "byActor",
            "countByInterval",
            "attempts",
            "held",
            "steps",
            "heldByPerson",
            "verifyAttestation",
            "whyNotRunning",
            "unclaimable",
            "dryRun",
            "progress",
            "info",
            "require",
            "getBySlug",
            "getVersion",
            "latest",
            "version",
            "subcategories",
            "maintainers",
            "search",
            "render",
            "caseMatrix",
            "countCases",
            "cases",
            "metadata",
            "metrics",
            "best",
            "members",
            "ofUser",
            "ofDefinition",
            "ofModel",
            "ofModels",
            "top",
            "rankOf",
            "around",
            "tiers",
            "ofMajor",
            "asOf",
            "getEntry",
            "getAll",
            "contains",
            "entries",
            "entriesAt",
            "readAt",
            "diff",
            "watch",
            "export",
            "namespace",
            "forEach",
            "tableStats",
            "healthCheck",
            "queryByMetadata",
            "schedules",
            "tokens",
            "limits",
            "votes",
            "votesOf",
            "countVotes",
            "comments",
            "threshold",
            "subscriptions",
            "lag",
            "depths",
            "ofAggregate",
            "byCorrelation",
            "parked",
            "getByName",
            "experiments",
            "compare",
            "feedback",
            "costs",
            "analytics",
            "explain",
            "overview",
            "perModel",
            "perDay",
            "recent",
            "total",
            "totals",
            "ofEvaluation",
            "comparisons",
            "pairExperiments",
            "pairModelVersions",
            "pairSubmissions",
            "of",
            "changes",
            "onOwnChange",
            "onNotification");

    /** Writes with no case here, and why. */
    private static final Set<String> ELSEWHERE = Set.of(
            // Does what runOnce does, on a thread of its own.
            "maintenance.start/1",
            "maintenance.start/2",
            // Marks boards of thousands of entries; a mark that is stored again is as right as the first.
            "leaderboards.markPlaces/0",
            // Stores nothing: it sends a notification.
            "jobs.wake/0");

    @ParameterizedTest(name = "{0}")
    @MethodSource("todaysWrites")
    <C> void the_caller_learns_the_truth(Write<C> write) throws Exception {
        prove(write, How.ALONE);
    }

    /** An action is the verb of the table's declaration, whichever method it is. */
    @Test
    void the_writes_that_leave_audit_entries_are_those_that_the_tables_declare() throws SQLException {
        Set<String> declared = new TreeSet<>();
        for (Constant constant : MainClasses.constants(Table.class)) {
            Table<?> table = (Table<?>) constant.value();
            table.auditedVerbs().forEach(verb -> declared.add(table.auditedAs() + "." + verb));
        }
        Set<String> left = new TreeSet<>();
        audited().values().forEach(left::addAll);
        assertThat(left).isEqualTo(declared);
    }

    /** Each event once, under its type, and none of another write. */
    @Test
    void writes_append_the_events_of_their_list_and_no_others() throws SQLException {
        Map<String, List<String>> types = new TreeMap<>();
        emitted().forEach((write, events) -> {
            if (!events.isEmpty() && !write.startsWith("events.")) {
                types.put(
                        write,
                        events.stream()
                                .map(event -> event.replaceFirst(" .*", ""))
                                .toList());
            }
        });
        assertThat(types).isEqualTo(EventsOfWrites.all());
    }

    /** Whether a table's declaration wrote it, or a statement of its own. */
    @Test
    void the_events_that_writes_append_are_those_that_the_tables_declare() throws SQLException {
        Map<String, Set<String>> declared = new TreeMap<>();
        for (Constant constant : MainClasses.constants(Table.class)) {
            if (((Table<?>) constant.value()).emitter() instanceof Emits<?> emits && !emits.isWhenAsked()) {
                String fields = emits.fields().stream().sorted().toList().toString();
                emits.types().values().forEach(type -> declared.put(type, Set.of(fields)));
            }
        }
        // It is private by then.
        declared.put("submission.visibility_changed", Set.of("[definitionId, organizationId, submittedBy, versionId]"));
        Map<String, Set<String>> appended = new TreeMap<>();
        emitted().forEach((write, events) -> {
            if (!write.startsWith("events.")) {
                events.forEach(event -> appended.computeIfAbsent(event.replaceFirst(" .*", ""), type -> new TreeSet<>())
                        .add(event.replaceFirst("[^ ]* ", "")));
            }
        });
        assertThat(appended).isEqualTo(declared);
    }

    @Test
    void every_method_that_writes_has_a_case() {
        Set<String> cases = new HashSet<>(ELSEWHERE);
        Writes.all().forEach(write -> cases.add(write.verb()));
        Set<String> missing = new TreeSet<>();
        Set<String> there = new HashSet<>();
        repositories(Repositories.class).forEach((name, type) -> look(name, type, cases, there, missing));
        look("maintenance", Maintenance.class, cases, there, missing);
        assertThat(missing)
                .as("write a case in Writes, or name it among the readers")
                .isEmpty();
        assertThat(cases).as("cases of methods that do not exist").isSubsetOf(there);
    }

    /** What the accessors give: repositories, those of rooms, and the parts of a repository that have their own accessor. */
    private static Map<String, Class<?>> repositories(Class<?> type) {
        Map<String, Class<?>> found = new TreeMap<>();
        for (Method accessor : type.getDeclaredMethods()) {
            Class<?> given = accessor.getReturnType();
            boolean isOther = given != type && hasMethods(given);
            if (Modifier.isPublic(accessor.getModifiers()) && !accessor.isBridge() && isOther) {
                boolean isRoom = Modifier.isFinal(given.getModifiers())
                        && Stream.of(given.getDeclaredMethods())
                                .filter(method -> Modifier.isPublic(method.getModifiers()))
                                .allMatch(method ->
                                        method.getParameterCount() == 0 && hasMethods(method.getReturnType()));
                if (!isRoom) {
                    found.put(accessor.getName(), given);
                }
                found.putAll(repositories(given));
            }
        }
        return found;
    }

    /** A class that the library makes with a connection: a repository, a part of one, or a room. */
    private static boolean hasMethods(Class<?> type) {
        return Stream.<Class<?>>iterate(type, Objects::nonNull, Class::getSuperclass)
                        .flatMap(part -> Stream.of(part.getDeclaredFields()))
                        .anyMatch(field -> field.getType() == Jdbc.class)
                && !Repositories.class.isAssignableFrom(type);
    }

    private static void look(String room, Class<?> type, Set<String> cases, Set<String> there, Set<String> missing) {
        for (Method method : type.getMethods()) {
            String name = method.getName();
            String verb = room + "." + name + "/" + method.getParameterCount();
            if (method.getDeclaringClass() == Object.class || Modifier.isStatic(method.getModifiers())) {
                continue;
            }
            there.add(verb);
            boolean reads = READERS.contains(name) || name.matches("(find|list)[A-Z].*") || name.equals("listKeys");
            if (!reads && !cases.contains(verb)) {
                missing.add(verb);
            }
        }
    }
}
