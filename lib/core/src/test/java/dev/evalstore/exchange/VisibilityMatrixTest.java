package dev.evalstore.exchange;

import static org.assertj.core.api.Assertions.assertThat;

import dev.evalstore.Cursor;
import dev.evalstore.Database;
import dev.evalstore.Json;
import dev.evalstore.NotFoundException;
import dev.evalstore.Page;
import dev.evalstore.exchange.NewSubmission.Submitter;
import dev.evalstore.organization.MemberRole;
import dev.evalstore.testkit.TestDatabase;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.UUID;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Who sees what: each public method of the exchange that returns something of a submission, for each kind of viewer and each
 * state of the submission. A method that is added without an entry here fails {@link
 * #every_method_that_could_show_a_submission_has_an_entry}.
 */
class VisibilityMatrixTest {
    @RegisterExtension
    static final TestDatabase database = TestDatabase.migrated();

    /** Who looks. */
    private enum Who {
        ANONYMOUS,
        STRANGER,
        SUBMITTER,
        MEMBER,
        OWNER,
        ADMIN,
        PLATFORM,
        UNKNOWN_USER,
        INACTIVE_ADMIN,
        INACTIVE_MEMBER,
        DELETED_ADMIN,
        FORMER_MEMBER,
        MEMBER_OF_ANOTHER;

        private boolean isInsider() {
            return this == SUBMITTER || this == MEMBER || this == OWNER || this == ADMIN || this == PLATFORM;
        }
    }

    /** How a submission stands. Each was public once. */
    private enum State {
        PUBLIC,
        UNLISTED,
        PRIVATE,
        DELETED
    }

    /** Which rule a method follows. */
    private enum Rule {
        /** The caller names the submission, or what hangs on it. */
        BY_ID,
        /** It is found by something else. */
        LISTED,
        /** The same for every viewer. */
        PUBLIC_ALONE;

        private boolean shows(Who who, State state) {
            boolean seen = switch (state) {
                case PUBLIC -> true;
                case UNLISTED -> this == BY_ID || who.isInsider();
                case PRIVATE -> who.isInsider();
                case DELETED -> this == BY_ID && (who == Who.ADMIN || who == Who.PLATFORM);
            };
            return this == PUBLIC_ALONE ? state == State.PUBLIC : seen;
        }
    }

    /** Whether a method shows the viewer something of the submission. */
    private interface Look {
        boolean sees(Target target, Viewer viewer);
    }

    private record Probe(Rule rule, Look look) {}

    /** A submission to a definition of its own, and what hangs on it. */
    private record Target(Submission submission, UUID submitter, UUID verification, UUID communityVerification) {
        private UUID id() {
            return submission.id();
        }

        private ModelSubject model() {
            return submission.subject();
        }

        private Leaderboard board() {
            return Leaderboard.of(submission.versionId(), Board.OVERALL);
        }
    }

    /** What cannot show a submission to a viewer. */
    private static final Set<Class<?>> WITHOUT_SUBMISSIONS =
            Set.of(DefinitionRepository.class, TestCaseRepository.class, VerifierKeyRepository.class);

    /** The accessors of the room, and what they return that is read in turn. */
    private static final List<Class<?>> GUARDED = List.of(
            SubmissionRepository.class,
            VerificationRepository.class,
            CommunityVerificationRepository.class,
            LeaderboardRepository.class,
            PastLeaderboards.class,
            StatisticsRepository.class);

    /** Methods that return nothing of a submission but to whoever writes it or holds its lease. */
    private static final Set<String> UNGUARDED = Set.of(
            "SubmissionRepository.submit(NewSubmission)",
            "SubmissionRepository.changeVisibility(UUID, SubmissionVisibility)",
            "SubmissionRepository.revoke(UUID, String)",
            "SubmissionRepository.softDelete(UUID)",
            "VerificationRepository.request(NewVerification)",
            "VerificationRepository.claim(Worker, VerificationScope, int, Duration)",
            "VerificationRepository.held(Worker)",
            "VerificationRepository.claimByPerson(UUID, UUID)",
            "VerificationRepository.claimByPerson(UUID, UUID, Duration)",
            "VerificationRepository.heldByPerson(UUID)",
            "VerificationRepository.recordAttempt(Lease, NewVerificationAttempt)",
            "VerificationRepository.recordStep(Lease, NewVerificationStep)",
            "VerificationRepository.complete(Lease, NewVerificationResult)",
            "VerificationRepository.fail(Lease, String)",
            "VerificationRepository.cancel(UUID)",
            "VerificationRepository.extend(Lease, Duration)",
            "VerificationRepository.release(Lease)",
            "VerificationRepository.releaseHeldBy(Worker)",
            "VerificationRepository.requeueExpired(int)",
            "CommunityVerificationRepository.threshold(int)",
            "CommunityVerificationRepository.create(NewCommunityVerification)",
            "CommunityVerificationRepository.vote(UUID, UUID, VoteDirection)",
            "CommunityVerificationRepository.withdrawVote(UUID, UUID)",
            "CommunityVerificationRepository.flag(UUID)",
            "CommunityVerificationRepository.unflag(UUID)",
            "CommunityVerificationRepository.review(UUID, UUID, VerificationReview, String)",
            "LeaderboardRepository.ofMajor(UUID, int, Board)",
            "LeaderboardRepository.asOf(Instant)",
            "LeaderboardRepository.rebuild(UUID)",
            "LeaderboardRepository.markPlaces()",
            "PastLeaderboards.moment()",
            "PastLeaderboards.provisional()",
            "StatisticsRepository.refresh()");

    private static final Map<String, Probe> PROBES = new TreeMap<>();
    private static final Map<Who, Viewer> VIEWERS = new EnumMap<>(Who.class);
    private static final Map<State, Target> TARGETS = new EnumMap<>(State.class);

    private static Database db;
    private static Exchange exchange;
    private static UUID organization;
    private static UUID voter;
    private static Instant whenAllWerePublic;

    @BeforeAll
    static void fill() {
        db = database.db();
        exchange = db.exchange();
        organization = ExchangeFixtures.organization(database, "lab");
        UUID other = ExchangeFixtures.organization(database, "other");
        voter = ExchangeFixtures.user(db, "voter");
        VIEWERS.put(Who.ANONYMOUS, Viewer.ANONYMOUS);
        VIEWERS.put(Who.PLATFORM, Viewer.PLATFORM);
        VIEWERS.put(Who.UNKNOWN_USER, Viewer.user(UUID.randomUUID()));
        Map<Who, UUID> users = new EnumMap<>(Who.class);
        for (Who who : Who.values()) {
            if (!VIEWERS.containsKey(who) && who != Who.SUBMITTER) {
                users.put(who, ExchangeFixtures.user(db, who.name().toLowerCase(Locale.ROOT)));
                VIEWERS.put(who, Viewer.user(Objects.requireNonNull(users.get(who))));
            }
        }
        member(organization, users.get(Who.OWNER), MemberRole.OWNER);
        member(organization, users.get(Who.MEMBER), MemberRole.MEMBER);
        member(organization, users.get(Who.INACTIVE_MEMBER), MemberRole.ADMIN);
        member(organization, users.get(Who.FORMER_MEMBER), MemberRole.MEMBER);
        member(other, users.get(Who.MEMBER_OF_ANOTHER), MemberRole.OWNER);
        assertThat(db.organizations().removeMember(organization, Objects.requireNonNull(users.get(Who.FORMER_MEMBER))))
                .isTrue();
        for (Who who : List.of(Who.ADMIN, Who.INACTIVE_ADMIN, Who.DELETED_ADMIN)) {
            database.admin("update evalstore.users set role = 'admin' where id = '" + users.get(who) + "'");
        }
        for (Who who : List.of(Who.INACTIVE_ADMIN, Who.INACTIVE_MEMBER)) {
            database.admin("update evalstore.users set active = false where id = '" + users.get(who) + "'");
        }
        db.users().softDelete(Objects.requireNonNull(users.get(Who.DELETED_ADMIN)));
        for (State state : State.values()) {
            TARGETS.put(state, target(state.name().toLowerCase(Locale.ROOT)));
        }
        whenAllWerePublic = Instant.EPOCH.plus(
                Long.parseLong(database.value("select (extract(epoch from clock_timestamp()) * 1000000)::bigint")),
                ChronoUnit.MICROS);
        SubmissionRepository submissions = exchange.submissions();
        submissions.changeVisibility(TARGETS.get(State.UNLISTED).id(), SubmissionVisibility.UNLISTED);
        submissions.changeVisibility(TARGETS.get(State.PRIVATE).id(), SubmissionVisibility.PRIVATE);
        submissions.softDelete(TARGETS.get(State.DELETED).id());
        probes();
    }

    private static void member(UUID of, @Nullable UUID user, MemberRole role) {
        db.organizations().addMember(of, Objects.requireNonNull(user), role);
    }

    private static Target target(String name) {
        UUID submitter = ExchangeFixtures.user(db, "submitter-" + name);
        SubmissionSamples samples = new SubmissionSamples(db);
        Submission submission = samples.submit(samples.of(
                        "model-" + name, Submitter.user(submitter, "Somebody").organization(organization), 2)
                .metrics(List.of(SubmissionMetric.of("latency", 3)))
                .metadata(List.of(new SubmissionMetadata("seed", Json.parse("1"), "run"))));
        UUID verifier = ExchangeFixtures.user(db, "verifier-" + name);
        VerificationRepository verifications = exchange.verifications();
        UUID verification = verifications
                .request(NewVerification.of(submission.id(), VerificationKind.AUDITOR))
                .id();
        ClaimedVerification claimed = verifications.claimByPerson(verification, verifier);
        verifications.recordAttempt(
                claimed.lease(),
                NewVerificationAttempt.confirmed(1, SubmissionSamples.BEGIN, SubmissionSamples.BEGIN.plusSeconds(1)));
        verifications.recordStep(claimed.lease(), NewVerificationStep.pending(1, "Run"));
        verifications.complete(claimed.lease(), NewVerificationResult.confirmed(1, true));
        UUID community = exchange.communityVerifications()
                .create(NewCommunityVerification.of(submission.id(), verifier, true, "A laptop."))
                .id();
        exchange.communityVerifications().vote(community, voter, VoteDirection.UP);
        return new Target(submission, submitter, verification, community);
    }

    private static Viewer viewer(Who who, Target target) {
        return who == Who.SUBMITTER ? Viewer.user(target.submitter()) : Objects.requireNonNull(VIEWERS.get(who));
    }

    private static void probe(String method, Rule rule, Look look) {
        PROBES.put(method, new Probe(rule, look));
    }

    private static void probes() {
        ofSubmissions(exchange.submissions());
        ofVerifications(exchange.verifications());
        ofCommunityVerifications(exchange.communityVerifications());
        ofBoards("LeaderboardRepository", Rule.PUBLIC_ALONE, exchange.leaderboards());
        ofBoards("PastLeaderboards", Rule.LISTED, exchange.leaderboards().asOf(whenAllWerePublic));
        probe(
                "LeaderboardRepository.history(Leaderboard, ModelSubject, Viewer, int, Cursor)",
                Rule.LISTED,
                (it, viewer) ->
                        exchange.leaderboards().history(it.board(), it.model(), viewer, 10, null).items().stream()
                                .anyMatch(period -> period.submission().id().equals(it.id())));
        ofStatistics(exchange.statistics());
    }

    private static void ofSubmissions(SubmissionRepository all) {
        String name = "SubmissionRepository.";
        probe(
                name + "find(UUID, Viewer)",
                Rule.BY_ID,
                (it, viewer) -> all.find(it.id(), viewer).isPresent());
        probe(
                name + "get(UUID, Viewer)",
                Rule.BY_ID,
                (it, viewer) -> all.get(it.id(), viewer).id().equals(it.id()));
        probe(
                name + "list(SubmissionFilter, Viewer, int, Cursor)",
                Rule.LISTED,
                (it, viewer) -> has(all.list(SubmissionFilter.ALL, viewer, 100, null), Submission::id, it.id()));
        probe(
                name + "count(SubmissionFilter, Viewer)",
                Rule.LISTED,
                (it, viewer) -> all.count(SubmissionFilter.ALL.model(it.model()), viewer) > 0);
        probe(
                name + "best(ModelSubject, UUID, Viewer)",
                Rule.LISTED,
                (it, viewer) -> all.best(it.model(), it.submission().definitionId(), viewer)
                        .isPresent());
        probe(
                name + "metrics(UUID, Viewer)",
                Rule.BY_ID,
                (it, viewer) -> !all.metrics(it.id(), viewer).isEmpty());
        probe(
                name + "metadata(UUID, Viewer)",
                Rule.BY_ID,
                (it, viewer) -> !all.metadata(it.id(), viewer).isEmpty());
        probe(
                name + "cases(UUID, CaseResultFilter, Viewer, int, Cursor)",
                Rule.BY_ID,
                (it, viewer) -> !all.cases(it.id(), CaseResultFilter.ALL, viewer, 10, null)
                        .items()
                        .isEmpty());
        probe(
                name + "countCases(UUID, CaseResultFilter, Viewer)",
                Rule.BY_ID,
                (it, viewer) -> all.countCases(it.id(), CaseResultFilter.ALL, viewer) > 0);
        probe(
                name + "caseMatrix(UUID, Collection, Viewer)",
                Rule.BY_ID,
                (it, viewer) -> !all.caseMatrix(it.submission().versionId(), List.of(it.id()), viewer)
                        .rows()
                        .isEmpty());
    }

    private static void ofVerifications(VerificationRepository all) {
        String name = "VerificationRepository.";
        VerificationFilter any = VerificationFilter.ALL;
        probe(
                name + "find(UUID, Viewer)",
                Rule.BY_ID,
                (it, viewer) -> all.find(it.verification(), viewer).isPresent());
        probe(
                name + "get(UUID, Viewer)",
                Rule.BY_ID,
                (it, viewer) -> all.get(it.verification(), viewer).id().equals(it.verification()));
        probe(
                name + "list(VerificationFilter, Viewer, int, Cursor)",
                Rule.LISTED,
                (it, viewer) -> has(all.list(any, viewer, 100, null), Verification::id, it.verification()));
        probe(
                name + "list(VerificationFilter, Viewer, int, Cursor): of a submission",
                Rule.BY_ID,
                (it, viewer) ->
                        has(all.list(any.submission(it.id()), viewer, 100, null), Verification::id, it.verification()));
        probe(
                name + "count(VerificationFilter, Viewer)",
                Rule.LISTED,
                (it, viewer) -> all.count(any.version(it.submission().versionId()), viewer) > 0);
        probe(
                name + "count(VerificationFilter, Viewer): of a submission",
                Rule.BY_ID,
                (it, viewer) -> all.count(any.submission(it.id()), viewer) > 0);
        probe(
                name + "attempts(UUID, Viewer)",
                Rule.BY_ID,
                (it, viewer) -> !all.attempts(it.verification(), viewer).isEmpty());
        probe(
                name + "steps(UUID, Viewer)",
                Rule.BY_ID,
                (it, viewer) -> !all.steps(it.verification(), viewer).isEmpty());
        probe(
                name + "verifyAttestation(UUID, Viewer)",
                Rule.BY_ID,
                (it, viewer) -> all.verifyAttestation(it.verification(), viewer) == AttestationCheck.NOT_SIGNED);
    }

    private static void ofCommunityVerifications(CommunityVerificationRepository all) {
        String name = "CommunityVerificationRepository.";
        CommunityVerificationFilter any = CommunityVerificationFilter.ALL;
        probe(
                name + "find(UUID, Viewer)",
                Rule.BY_ID,
                (it, viewer) -> all.find(it.communityVerification(), viewer).isPresent());
        probe(
                name + "get(UUID, Viewer)",
                Rule.BY_ID,
                (it, viewer) -> all.get(it.communityVerification(), viewer).id().equals(it.communityVerification()));
        probe(
                name + "list(CommunityVerificationFilter, Viewer, int, Cursor)",
                Rule.LISTED,
                (it, viewer) ->
                        has(all.list(any, viewer, 100, null), CommunityVerification::id, it.communityVerification()));
        probe(
                name + "list(CommunityVerificationFilter, Viewer, int, Cursor): of a submission",
                Rule.BY_ID,
                (it, viewer) -> has(
                        all.list(any.submission(it.id()), viewer, 100, null),
                        CommunityVerification::id,
                        it.communityVerification()));
        probe(
                name + "count(CommunityVerificationFilter, Viewer)",
                Rule.LISTED,
                (it, viewer) -> all.count(any.verifier(verifierOf(it)), viewer) > 0);
        probe(
                name + "count(CommunityVerificationFilter, Viewer): of a submission",
                Rule.BY_ID,
                (it, viewer) -> all.count(any.submission(it.id()), viewer) > 0);
        probe(
                name + "findVote(UUID, UUID, Viewer)",
                Rule.BY_ID,
                (it, viewer) ->
                        all.findVote(it.communityVerification(), voter, viewer).isPresent());
        probe(
                name + "votes(UUID, Viewer, int, Cursor)",
                Rule.BY_ID,
                (it, viewer) -> !all.votes(it.communityVerification(), viewer, 10, null)
                        .items()
                        .isEmpty());
    }

    private static UUID verifierOf(Target target) {
        return exchange.communityVerifications()
                .get(target.communityVerification(), Viewer.PLATFORM)
                .verifierId();
    }

    private static void ofBoards(String type, Rule rule, Leaderboards boards) {
        probe(
                type + ".top(Leaderboard, Viewer, int)",
                rule,
                (it, viewer) -> hasEntry(boards.top(it.board(), viewer, 10).items(), it));
        probe(
                type + ".top(Leaderboard, Viewer, int, Cursor)",
                rule,
                (it, viewer) ->
                        hasEntry(boards.top(it.board(), viewer, 10, null).items(), it));
        probe(
                type + ".rankOf(Leaderboard, ModelSubject, Viewer)",
                rule,
                (it, viewer) -> boards.rankOf(it.board(), it.model(), viewer).isPresent());
        probe(
                type + ".around(Leaderboard, ModelSubject, int, Viewer)",
                rule,
                (it, viewer) -> hasEntry(boards.around(it.board(), it.model(), 2, viewer), it));
        probe(
                type + ".tiers(Leaderboard, TierMethod, Viewer, int)",
                rule,
                (it, viewer) -> boards.tiers(it.board(), TierMethod.INTERVAL_OVERLAP, viewer, 10).stream()
                        .anyMatch(tier -> hasEntry(tier.entries(), it)));
    }

    private static void ofStatistics(StatisticsRepository all) {
        String name = "StatisticsRepository.";
        Rule rule = Rule.PUBLIC_ALONE;
        probe(
                name + "ofDefinition(UUID)",
                rule,
                (it, viewer) -> all.ofDefinition(it.submission().definitionId()).submissions() > 0);
        probe(
                name + "ofUser(UUID)",
                rule,
                (it, viewer) -> all.ofUser(it.submitter()).submissions() > 0);
        probe(
                name + "ofModel(ModelSubject)",
                rule,
                (it, viewer) -> !all.ofModel(it.model()).isEmpty());
        probe(name + "ofModels(DefinitionCategory, int, Cursor)", rule, (it, viewer) -> {
            all.refresh();
            return all.ofModels(DefinitionCategory.ACCURACY, 100, null).items().stream()
                    .anyMatch(model -> model.subject().equals(it.model()));
        });
        probe(
                name + "refreshDefinition(UUID)",
                rule,
                (it, viewer) ->
                        all.refreshDefinition(it.submission().definitionId()).submissions() > 0);
        probe(
                name + "refreshUser(UUID)",
                rule,
                (it, viewer) -> all.refreshUser(it.submitter()).submissions() > 0);
        probe(
                name + "refreshModel(ModelSubject)",
                rule,
                (it, viewer) -> !all.refreshModel(it.model()).isEmpty());
    }

    private static <T> boolean has(Page<T> page, Function<T, UUID> idOf, UUID id) {
        return page.items().stream().map(idOf).anyMatch(id::equals);
    }

    private static boolean hasEntry(List<LeaderboardEntry> entries, Target target) {
        return entries.stream()
                .map(LeaderboardEntry::submission)
                .filter(Objects::nonNull)
                .anyMatch(submission -> submission.id().equals(target.id()));
    }

    static Stream<String> probed() {
        return PROBES.keySet().stream();
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("probed")
    void shows_a_submission_to_exactly_those_who_may_see_it(String method) {
        Probe probe = Objects.requireNonNull(PROBES.get(method));
        Map<String, Boolean> expected = new LinkedHashMap<>();
        Map<String, Boolean> seen = new LinkedHashMap<>();
        TARGETS.forEach((state, target) -> {
            for (Who who : Who.values()) {
                expected.put(state + " to " + who, probe.rule().shows(who, state));
                seen.put(state + " to " + who, sees(probe, target, viewer(who, target)));
            }
        });
        assertThat(seen).isEqualTo(expected);
    }

    private static boolean sees(Probe probe, Target target, Viewer viewer) {
        try {
            return probe.look().sees(target, viewer);
        } catch (NotFoundException e) {
            return false;
        }
    }

    @Test
    void every_method_that_could_show_a_submission_has_an_entry() {
        Set<String> entries = new TreeSet<>(UNGUARDED);
        PROBES.keySet().forEach(method -> entries.add(method.replaceFirst(": .*", "")));
        Set<String> methods =
                GUARDED.stream().flatMap(type -> methods(type).stream()).collect(Collectors.toCollection(TreeSet::new));
        assertThat(methods).isEqualTo(entries);
    }

    @Test
    void every_repository_of_the_room_is_in_the_matrix_or_cannot_show_a_submission() {
        Set<Class<?>> rooms = Arrays.stream(Exchange.class.getMethods())
                .filter(method -> method.getDeclaringClass() == Exchange.class && !method.isBridge())
                .<Class<?>>map(Method::getReturnType)
                .collect(Collectors.toSet());
        rooms.removeAll(WITHOUT_SUBMISSIONS);
        assertThat(GUARDED).containsAll(rooms);
    }

    private static Set<String> methods(Class<?> type) {
        return Arrays.stream(type.getMethods())
                .filter(method -> method.getDeclaringClass() != Object.class
                        && !Modifier.isStatic(method.getModifiers())
                        && !method.isBridge())
                .map(method -> type.getSimpleName() + "." + method.getName()
                        + Arrays.stream(method.getParameterTypes())
                                .map(Class::getSimpleName)
                                .collect(Collectors.joining(", ", "(", ")")))
                .collect(Collectors.toCollection(TreeSet::new));
    }

    /** A page that is short, or a cursor behind which there is nothing, would tell of what was left out. */
    @ParameterizedTest
    @EnumSource(Who.class)
    void pages_are_full_and_cursors_end_with_the_last_that_is_seen(Who who) {
        Viewer viewer = viewer(who, Objects.requireNonNull(TARGETS.get(State.PRIVATE)));
        SubmissionFilter ours = SubmissionFilter.ALL.organization(organization);
        VerificationFilter verifications = VerificationFilter.ALL.kind(VerificationKind.AUDITOR);
        CommunityVerificationFilter reports = CommunityVerificationFilter.ALL.reproduced(true);

        assertThat(walk(after -> exchange.submissions().list(ours, viewer, 1, after)))
                .isEqualTo(exchange.submissions().count(ours, viewer));
        assertThat(walk(after -> exchange.verifications().list(verifications, viewer, 1, after)))
                .isEqualTo(exchange.verifications().count(verifications, viewer));
        assertThat(walk(after -> exchange.communityVerifications().list(reports, viewer, 1, after)))
                .isEqualTo(exchange.communityVerifications().count(reports, viewer));
        if (!who.isInsider()) {
            assertThat(exchange.submissions().count(ours, viewer)).isEqualTo(1);
        }
    }

    /** How many there are, one a page. */
    private static <T> long walk(Function<@Nullable Cursor, Page<T>> pages) {
        List<T> all = new ArrayList<>();
        Cursor after = null;
        do {
            Page<T> page = pages.apply(after);
            assertThat(page.items()).hasSize(1);
            all.addAll(page.items());
            after = page.next();
        } while (after != null);
        return all.size();
    }

    @Test
    void a_cursor_of_somebody_who_sees_more_shows_no_more() {
        SubmissionFilter ours = SubmissionFilter.ALL.organization(organization);
        Page<Submission> first = exchange.submissions().list(ours, Viewer.PLATFORM, 1, null);

        assertThat(exchange.submissions()
                        .list(ours, Viewer.ANONYMOUS, 10, first.next())
                        .items())
                .extracting(Submission::visibility)
                .containsOnly(SubmissionVisibility.PUBLIC);
    }

    @Test
    void members_of_a_deleted_organization_and_inactive_submitters_see_what_strangers_see() {
        UUID gone = ExchangeFixtures.organization(database, "gone");
        UUID founder = ExchangeFixtures.user(db, "founder");
        UUID author = ExchangeFixtures.user(db, "author");
        member(gone, founder, MemberRole.OWNER);
        SubmissionSamples samples = new SubmissionSamples(db);
        Submission secret = samples.submit(
                samples.of("secret", Submitter.user(author, "Somebody").organization(gone), 2)
                        .visibility(SubmissionVisibility.PRIVATE));
        assertThat(exchange.submissions().find(secret.id(), Viewer.user(founder)))
                .isPresent();

        db.organizations().softDelete(gone);

        assertThat(exchange.submissions().find(secret.id(), Viewer.user(founder)))
                .isEmpty();
        assertThat(exchange.submissions().find(secret.id(), Viewer.user(author)))
                .isPresent();
        exchange.submissions().softDelete(secret.id());
    }

    @Test
    void a_viewer_is_a_value_and_says_who_it_is() {
        UUID id = UUID.randomUUID();
        assertThat(Viewer.user(id)).isEqualTo(Viewer.user(id)).hasSameHashCodeAs(Viewer.user(id));
        assertThat(Viewer.user(id)).isNotEqualTo(Viewer.ANONYMOUS);
        assertThat(Viewer.ANONYMOUS).isNotEqualTo(Viewer.PLATFORM);
        assertThat(Viewer.user(id)).hasToString("user " + id);
        assertThat(Viewer.PLATFORM).hasToString("platform");
    }
}
