package dev.evalstore;

import static org.assertj.core.api.Assertions.assertThat;

import dev.evalstore.account.NewApiKey;
import dev.evalstore.account.NewUser;
import dev.evalstore.audit.NewAuditEntry;
import dev.evalstore.audit.NewMonitoringEvent;
import dev.evalstore.backup.BackupFile;
import dev.evalstore.backup.BackupRetention;
import dev.evalstore.backup.BackupSequence;
import dev.evalstore.backup.BackupTable;
import dev.evalstore.backup.ExportOptions;
import dev.evalstore.backup.RestoreReport;
import dev.evalstore.backup.StoreRepairs;
import dev.evalstore.benchmark.BenchmarkFilter;
import dev.evalstore.benchmark.EvaluationFilter;
import dev.evalstore.benchmark.NewBenchmark;
import dev.evalstore.benchmark.NewEvaluation;
import dev.evalstore.catalog.DatasetFormat;
import dev.evalstore.catalog.ModelFormat;
import dev.evalstore.catalog.ModelKind;
import dev.evalstore.catalog.NewDataset;
import dev.evalstore.catalog.NewHardwareConfig;
import dev.evalstore.catalog.NewInferenceFramework;
import dev.evalstore.catalog.NewModel;
import dev.evalstore.catalog.NewModelVersion;
import dev.evalstore.catalog.NewSuitability;
import dev.evalstore.catalog.NewUseCase;
import dev.evalstore.catalog.Quantization;
import dev.evalstore.event.EventDelivery;
import dev.evalstore.event.EventDispatcher;
import dev.evalstore.event.EventLease;
import dev.evalstore.event.EventStart;
import dev.evalstore.event.NewDomainEvent;
import dev.evalstore.event.NewEventSubscription;
import dev.evalstore.event.WebhookOptions;
import dev.evalstore.event.WebhookVerifier;
import dev.evalstore.exchange.AggregationMethod;
import dev.evalstore.exchange.AttestationEvidence;
import dev.evalstore.exchange.CaseResult;
import dev.evalstore.exchange.Citation;
import dev.evalstore.exchange.ConfidenceInterval;
import dev.evalstore.exchange.DefinitionRepository;
import dev.evalstore.exchange.DefinitionVersion;
import dev.evalstore.exchange.Execution;
import dev.evalstore.exchange.ExpectedOutput;
import dev.evalstore.exchange.Leaderboards;
import dev.evalstore.exchange.NewBenchmarkDefinition;
import dev.evalstore.exchange.NewCaseResult;
import dev.evalstore.exchange.NewCommunityVerification;
import dev.evalstore.exchange.NewDefinitionVersion;
import dev.evalstore.exchange.NewSubmission;
import dev.evalstore.exchange.NewTestCase;
import dev.evalstore.exchange.NewVerification;
import dev.evalstore.exchange.NewVerificationAttempt;
import dev.evalstore.exchange.NewVerificationResult;
import dev.evalstore.exchange.NewVerificationStep;
import dev.evalstore.exchange.NewVerifierKey;
import dev.evalstore.exchange.OutputConstraint;
import dev.evalstore.exchange.PastLeaderboards;
import dev.evalstore.exchange.PrimaryMetric;
import dev.evalstore.exchange.Reproducibility;
import dev.evalstore.exchange.Scoring;
import dev.evalstore.exchange.SemVer;
import dev.evalstore.exchange.SubmissionMetric;
import dev.evalstore.exchange.SubmittedModel;
import dev.evalstore.exchange.VerificationKind;
import dev.evalstore.governance.NewAmendment;
import dev.evalstore.governance.NewProposal;
import dev.evalstore.governance.NewProposal.Subject;
import dev.evalstore.governance.NewReviewComment;
import dev.evalstore.governance.NewVote;
import dev.evalstore.internal.jdbc.Assignments;
import dev.evalstore.internal.jdbc.Conditions;
import dev.evalstore.internal.jdbc.TableRows;
import dev.evalstore.job.Attempts;
import dev.evalstore.job.Backoff;
import dev.evalstore.job.Completion;
import dev.evalstore.job.Due;
import dev.evalstore.job.Failure;
import dev.evalstore.job.JobLimit;
import dev.evalstore.job.JobRoute;
import dev.evalstore.job.JobRunner;
import dev.evalstore.job.JobStatus;
import dev.evalstore.job.NewJob;
import dev.evalstore.job.Outcome;
import dev.evalstore.job.Schedule;
import dev.evalstore.job.Usage;
import dev.evalstore.lock.Lock;
import dev.evalstore.lock.LockWork;
import dev.evalstore.matrix.Combination;
import dev.evalstore.matrix.ConfigFailure;
import dev.evalstore.matrix.ConfigScope;
import dev.evalstore.matrix.MatrixSpec;
import dev.evalstore.matrix.NewBenchmarkResult;
import dev.evalstore.matrix.Sla;
import dev.evalstore.recovery.PgCommand;
import dev.evalstore.recovery.PgDump;
import dev.evalstore.recovery.RecoveryObjective;
import dev.evalstore.state.MemoryStateBackend;
import dev.evalstore.state.NewStateEntry;
import dev.evalstore.state.PostgresStateBackend;
import dev.evalstore.state.PutOptions;
import dev.evalstore.state.StateBackend;
import dev.evalstore.state.StateOptions;
import dev.evalstore.tenant.TenantMaintenance;
import dev.evalstore.tenant.TenantOptions;
import dev.evalstore.tenant.Tenants;
import dev.evalstore.testkit.Setters;
import dev.evalstore.testkit.Setters.Setter;
import dev.evalstore.testkit.TestDatabase;
import dev.evalstore.tracking.Analytics;
import dev.evalstore.tracking.ComparisonMember;
import dev.evalstore.tracking.ComparisonUnit;
import dev.evalstore.tracking.ExperimentKind;
import dev.evalstore.tracking.ExperimentQuery;
import dev.evalstore.tracking.ItemMetric;
import dev.evalstore.tracking.LogBatch;
import dev.evalstore.tracking.MetricPoint;
import dev.evalstore.tracking.NewComparison;
import dev.evalstore.tracking.NewCostEntry;
import dev.evalstore.tracking.NewExperiment;
import dev.evalstore.tracking.NewFeedback;
import dev.evalstore.tracking.PairedValues;
import dev.evalstore.tracking.Pairing;
import dev.evalstore.tracking.ParamValue;
import dev.evalstore.tracking.StepRange;
import dev.evalstore.worker.NewWorker;
import dev.evalstore.worker.Worker;
import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.reflect.Method;
import java.lang.reflect.ParameterizedType;
import java.math.BigDecimal;
import java.net.InetAddress;
import java.net.http.HttpClient;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.NoSuchAlgorithmException;
import java.security.PrivateKey;
import java.security.PublicKey;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.Collections;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.UUID;
import java.util.function.Consumer;
import java.util.stream.Stream;
import javax.net.ssl.SSLContext;
import org.jspecify.annotations.Nullable;

/**
 * Uses what hosts make: stores an input, lists by a filter, opens with a configuration. Samples of the API's types are made from a
 * database's rows.
 */
final class InputUses {
    private static final Json NAMED = Json.of(Map.of("name", "Another name"));

    private final TestDatabase database;
    private final Database db;
    private final Map<Class<?>, Consumer<Object>> uses = new HashMap<>();
    private final Setters setters = new Setters();

    InputUses(TestDatabase database) {
        this.database = database;
        this.db = database.db();
        rooms(db);
        setters.sample(Database.class, () -> db)
                .sample(Maintenance.class, db::maintenance)
                .sample(Tenants.class, db::tenants)
                .sample(
                        TenantMaintenance.class,
                        () -> db.tenants().maintenance(MaintenanceOptions.DEFAULT, TenantOptions.DEFAULT))
                .sample(JobRunner.Builder.class, () -> JobRunner.on(db))
                .sample(EventDispatcher.Builder.class, () -> EventDispatcher.on(db))
                .sample(DatabaseConfig.Builder.class, database::config)
                .sample(DatabaseConfig.class, () -> database.config().build())
                .sample(StateBackend.class, () -> db.state("watched", StateOptions.DEFAULT.watched(true)))
                .sample(
                        MemoryStateBackend.class,
                        () -> new MemoryStateBackend("m", StateOptions.DEFAULT.watched(true), Clock.systemUTC()))
                .sample(PostgresStateBackend.class, () -> db.state("watched", StateOptions.DEFAULT.watched(true)))
                .sample(LockWork.class, () -> (LockWork<Object, RuntimeException>) lock -> true)
                .sample(Throwable.class, () -> null)
                .sample(InetAddress.class, () -> null)
                .sample(SSLContext.class, () -> null)
                .sample(HttpClient.class, () -> null)
                .sample(WebhookVerifier.class, () -> WebhookVerifier.of("whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"))
                .sample(NewEventSubscription.class, () -> NewEventSubscription.of("s", EventDelivery.PULL))
                .sample(EventLease.class, this::eventLease)
                .sample(Rows.class, db::benchmarks)
                .sample(Lsn.class, () -> new Lsn(1))
                .sample(PgCommand.class, () -> PgDump.of(database.config().build(), Path.of("dump")))
                .sample(Subject.class, Subject::policyChange)
                .sample(NewAmendment.class, () -> NewAmendment.of(UUID.randomUUID(), "t", "d", NAMED))
                .sample(Analytics.class, () -> db.tracking().analytics(EvaluationFilter.ALL))
                .sample(ItemMetric.class, () -> ItemMetric.SCORE)
                .sample(CommitToken.class, () -> new CommitToken(1, 1, 1))
                .sample(
                        TraceContext.class,
                        () -> TraceContext.of("00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01"))
                .sample(NewComparison.class, this::comparison)
                .sample(NewComparison.Outcome.class, () -> NewComparison.Outcome.of(1, Json.EMPTY))
                .sample(NewComparison.Setup.class, InputUses::setup)
                .sample(NewComparison.Provenance.class, InputUses::provenance)
                .sample(
                        PairedValues.class,
                        () -> db.tracking()
                                .comparisons()
                                .pairExperiments(List.of(experiment(), experiment()), ItemMetric.SCORE, Pairing.ITEM))
                .sample(PairedValues.Pairs.class, () -> ((PairedValues) setters.make(PairedValues.class)).pairs(0, 1))
                .sample(SemVer.class, () -> SemVer.of(1, 0, 0))
                .sample(Object.class, () -> BenchmarkFilter.ALL)
                .sample(ConfidenceInterval.class, () -> new ConfidenceInterval(0, 1, 0.95))
                .sample(NewCaseResult.class, InputUses::caseResult)
                .sample(Leaderboards.class, () -> db.exchange().leaderboards())
                .sample(
                        PastLeaderboards.class,
                        () -> db.exchange().leaderboards().asOf(Instant.EPOCH))
                .sample(PublicKey.class, () -> keys().getPublic())
                .sample(PrivateKey.class, () -> keys().getPrivate())
                .sample(Outcome.class, () -> Completion.of(lease(), null))
                .sample(JobStatus.class, () -> JobStatus.COMPLETED)
                .sample(NewUser.class, () -> NewUser.of(UUID.randomUUID() + "@x", "u"))
                .sample(Schedule.class, () -> Schedule.every("s" + UUID.randomUUID(), Duration.ofHours(1), job()))
                .sample(NewJob.class, InputUses::job)
                .sample(BackupFile.class, InputUses::backupFile)
                .sample(
                        BackupTable.class,
                        () -> new BackupTable("jobs", List.of("id"), List.of(), 1, 1, List.of(backupFile())))
                .sample(StoreRepairs.class, () -> new StoreRepairs(1, 1, 1, 1, 1, 1, 1, 1, 1, 1))
                .sample(RestoreReport.class, InputUses::restoreReport)
                .sample(BackupSequence.class, () -> new BackupSequence("job_numbers", 1, true))
                .sample(Worker.class, () -> db.workers().register(NewWorker.of("w")))
                .sample(
                        Lock.class,
                        () -> db.locks()
                                .tryAcquire("r" + UUID.randomUUID(), "h", Duration.ofHours(1))
                                .orElseThrow())
                .sample(Lease.class, this::lease);
        inputs();
        parts();
    }

    Setters setters() {
        return setters;
    }

    /** Whether what is made of the type is stored by {@link #use(Object)}. */
    boolean isUsed(Class<?> type) {
        return uses.containsKey(type);
    }

    private <T> void use(Class<T> type, Consumer<T> use) {
        uses.put(type, made -> use.accept(type.cast(made)));
    }

    private static RestoreReport restoreReport() {
        StoreRepairs repairs = new StoreRepairs(1, 1, 1, 1, 1, 1, 1, 1, 1, 1);
        return new RestoreReport("a", Instant.EPOCH, 1, 1, 1, 1, 1, 1, 1, repairs, Duration.ZERO);
    }

    private static BackupFile backupFile() {
        return new BackupFile("00001.copy.gz", 1, 1, 1, "0".repeat(64));
    }

    private void export(ExportOptions options) {
        inFolder(folder -> assertThat(
                        db.backup().export(folder, options).manifest().rows())
                .isPositive());
    }

    private void retain(BackupRetention retention) {
        inFolder(folder -> {
            db.backup().export(folder);
            assertThat(db.backup().retain(folder, retention).kept()).hasSize(1);
        });
    }

    private static void inFolder(Consumer<Path> work) {
        try {
            Path folder = Files.createTempDirectory("inputs");
            work.accept(folder);
            try (Stream<Path> all = Files.walk(folder)) {
                all.sorted(Comparator.reverseOrder()).map(Path::toFile).forEach(File::delete);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private void inputs() {
        use(NewJob.class, this::store);
        use(ExportOptions.class, this::export);
        use(BackupRetention.class, this::retain);
        use(NewWorker.class, worker -> db.workers().register(worker));
        use(RecoveryObjective.class, objective -> db.recovery().report(objective));
        use(Schedule.class, schedule -> {
            db.jobs().schedules().set(schedule);
            db.jobs().schedules().list();
            db.jobs().schedules().remove(schedule.name());
        });
        use(JobLimit.class, limit -> {
            db.jobs().limits().set(limit);
            db.jobs().claim((Worker) setters.make(Worker.class), 1);
            db.jobs().limits().remove(limit.scope(), limit.name());
        });
        use(
                NewApiKey.class,
                key -> db.apiKeys().create(new NewApiKey(user(), key.name(), key.scopes(), key.expiresAt())));
        use(NewAuditEntry.class, entry -> {
            db.audit().record(entry);
            db.audit().recordAll(Collections.nCopies(500, entry));
        });
        use(NewMonitoringEvent.class, event -> {
            db.monitoring().append(event);
            db.monitoring().appendAll(List.of(event));
        });
        use(NewBenchmark.class, run -> db.benchmarks().create(run));
        use(NewEvaluation.class, evaluation -> db.evaluations().createAll(List.of(evaluation)));
        use(
                NewFeedback.class,
                given -> db.tracking()
                        .feedback()
                        .give(new NewFeedback(
                                db.evaluations()
                                        .create(NewEvaluation.of("p", "m", "i", "o"))
                                        .id(),
                                user(),
                                given.rating(),
                                given.thumbs(),
                                given.comment(),
                                given.criteria())));
        use(ExperimentQuery.class, query -> db.tracking().experiments().search(query));
        use(NewCostEntry.class, entry -> {
            db.tracking().costs().append(entry);
            db.tracking().costs().appendAll(List.of(entry));
        });
        use(NewTestCase.class, one -> db.exchange().testCases().createAll(definitionVersion(), List.of(one)));
        use(NewSubmission.class, this::submit);
        use(NewCaseResult.class, result -> submit(result, Reproducibility.NONE, List.of()));
        use(
                CaseResult.Measured.class,
                measured -> submit(caseResult().measured(measured), Reproducibility.NONE, List.of()));
        use(Reproducibility.class, given -> submit(caseResult(), given, List.of()));
        use(
                SubmissionMetric.Spread.class,
                spread -> submit(
                        caseResult(),
                        Reproducibility.NONE,
                        List.of(SubmissionMetric.of("latency", 1).spread(spread))));
        use(NewVerification.class, given -> requested(given.kind(), given.config()));
        use(NewVerificationResult.class, result -> db.exchange().verifications().complete(verification(), result));
        use(
                NewVerificationAttempt.class,
                attempt -> db.exchange().verifications().recordAttempt(verification(), attempt));
        use(
                AttestationEvidence.class,
                evidence -> db.exchange()
                        .verifications()
                        .complete(
                                verification(),
                                NewVerificationResult.refuted(0, false).attestation(evidence)));
        use(NewVerificationStep.class, step -> db.exchange().verifications().recordStep(verification(), step));
        use(NewVerifierKey.class, this::register);
        use(NewEventSubscription.class, this::subscribe);
        use(
                EventStart.class,
                start -> subscribe(
                        NewEventSubscription.of("s", EventDelivery.PULL).start(start)));
        use(
                NewEventSubscription.Wanted.class,
                wanted -> subscribe(
                        NewEventSubscription.of("s", EventDelivery.PULL).wanted(wanted)));
        use(NewCommunityVerification.class, this::report);
        use(
                NewProposal.class,
                given -> db.governance()
                        .proposals()
                        .create(new NewProposal(
                                given.title(),
                                given.description(),
                                given.rationale(),
                                Subject.policyChange(),
                                given.rules(),
                                given.discussionUrl(),
                                user())));
        use(
                NewProposal.Rules.class,
                rules -> db.governance()
                        .proposals()
                        .create(new NewProposal("t", "d", "A rationale.", Subject.policyChange(), rules, null, null)));
        use(NewVote.class, this::vote);
        use(NewReviewComment.class, this::comment);
        use(NewAmendment.class, this::amend);
        use(NewModel.class, model -> db.catalog().models().create(model));
        use(
                NewDataset.class,
                given -> db.catalog()
                        .datasets()
                        .create(given.versionLabel(UUID.randomUUID().toString())));
        use(
                NewDataset.Size.class,
                size -> db.catalog()
                        .datasets()
                        .create(NewDataset.of("d" + UUID.randomUUID(), DatasetFormat.CSV)
                                .size(size)));
        use(NewExperiment.class, given -> db.tracking().experiments().create(given.links(NewExperiment.Links.NONE)));
        use(
                NewComparison.class,
                given -> db.tracking()
                        .comparisons()
                        .create(NewComparison.of(
                                given.name(), given.setup(), compared(), given.outcome(), given.provenance())));
        use(
                NewComparison.Outcome.class,
                outcome -> db.tracking()
                        .comparisons()
                        .create(NewComparison.of("c", setup(), compared(), outcome, provenance())));
        use(LogBatch.class, batch -> db.tracking().experiments().log(experiment(), batch));
        use(
                MetricPoint.class,
                point -> db.tracking()
                        .experiments()
                        .log(experiment(), LogBatch.of().metric("m", List.of(point))));
        use(
                ParamValue.class,
                value -> db.tracking()
                        .experiments()
                        .log(experiment(), LogBatch.of().param("p", value)));
        use(StepRange.class, range -> db.tracking().experiments().history(experiment(), "m", range, point -> {}));
        use(NewHardwareConfig.class, machine -> db.catalog().hardware().create(machine));
        use(
                NewBenchmarkDefinition.class,
                definition -> db.exchange().definitions().create(definition, "1.0.0", (NewDefinitionVersion)
                        setters.make(NewDefinitionVersion.class)));
        use(
                NewModelVersion.class,
                version -> db.catalog()
                        .modelVersions()
                        .create(NewModelVersion.of(model(), version.quantization(), version.format())
                                .quantizationBits(version.quantizationBits())));
        use(
                MatrixSpec.class,
                spec -> db.matrix()
                        .configs()
                        .populate(new MatrixSpec(
                                version(),
                                List.of(machine()),
                                List.of(framework()),
                                spec.workloadTypes(),
                                spec.batchSizes(),
                                spec.sequenceLengths(),
                                spec.priorityRank(),
                                spec.maxAttempts())));
        use(NewBenchmarkResult.class, result -> db.matrix().results().record(combination(), result));
        use(Sla.class, sla -> db.matrix().results().listMeetingSla(sla, Sla.Order.CHEAPEST, 1));
        use(NewStateEntry.class, entry -> db.state().putAll(List.of(entry)));
        use(PutOptions.class, options -> {
            db.state().delete(new byte[] {9});
            if (options.ifVersion() == null) {
                db.state().put(new byte[] {9}, new byte[1], options);
            }
        });
        use(
                StateOptions.class,
                options -> db.state("s" + UUID.randomUUID(), options).put(new byte[1], new byte[1]));
        use(
                MaintenanceOptions.class,
                options -> assertThat(db.maintenance(options).runOnce().failures())
                        .allMatch(step -> String.valueOf(step.failure()).contains("42501")));
        use(TenantOptions.class, options -> db.tenants().migrateAll(options));
        use(
                DatabaseOptions.class,
                options -> Database.using(database.pool(), options).jobs().listPending(1));
        use(
                StatementLog.class,
                log -> Database.using(
                                database.pool(),
                                DatabaseOptions.DEFAULT
                                        .slowStatement(log.slowStatement())
                                        .logStatements(log.logStatements()))
                        .jobs()
                        .listPending(1));
        use(DatabaseConfig.class, this::connect);
        use(DatabaseConfig.Builder.class, builder -> connect(builder.build()));
        use(
                JobRunner.Builder.class,
                builder -> builder.queue("none")
                        .handle("none", Object.class, context -> null)
                        .start()
                        .close());
        use(
                EventDispatcher.Builder.class,
                builder -> builder.handle("none", context -> {}).start().close());
    }

    /** What is a part of an input. */
    private void parts() {
        use(NewDomainEvent.class, event -> db.events().append(event));
        use(
                WebhookOptions.class,
                options -> EventDispatcher.on(db).webhooks(options).start().close());
        use(
                Attempts.class,
                attempts -> store(job().maxRetries(attempts.maxRetries()).timeout(attempts.timeout())));
        use(
                Due.class,
                due -> store(new NewJob("t", Json.EMPTY, JobRoute.DEFAULT, 0, Attempts.DEFAULT, null, due, null)));
        use(TraceContext.class, trace -> store(job().trace(trace)));
        use(Backoff.class, backoff -> {
            db.jobs().create(job().queue("leases").backoff(backoff));
            Worker worker = db.workers().register(NewWorker.of("w").queues("leases"));
            db.jobs().claim(worker, 10).forEach(claimed -> db.jobs().fail(claimed.lease(), "because"));
        });
        use(
                Failure.class,
                failure -> assertThat(db.jobs().failAll(List.of(failure))).isEmpty());
        use(
                Usage.class,
                usage -> assertThat(db.jobs().completeAll(List.of(new Completion(lease(), null, usage))))
                        .isEmpty());
        use(
                NewEvaluation.Measured.class,
                measured -> db.evaluations()
                        .create(NewEvaluation.of("p", "m", "i", "o").measured(measured)));
        use(
                NewEvaluation.Place.class,
                place -> db.evaluations()
                        .create(NewEvaluation.of("p", "m", "i", "o")
                                .place(NewEvaluation.Place.NONE.item("k", place.repeat()))));
        use(NewSuitability.class, given -> {
            UUID useCase = db.catalog()
                    .useCases()
                    .create(NewUseCase.of("c" + UUID.randomUUID()))
                    .id();
            db.catalog()
                    .useCases()
                    .setSuitability(NewSuitability.of(model(), useCase, 0.5).priority(given.priority()));
        });
        use(
                ConfigScope.class,
                scope -> db.matrix()
                        .configs()
                        .claim((Worker) setters.make(Worker.class), scope, 1, Duration.ofMinutes(1)));
        use(
                ConfigFailure.class,
                given -> assertThat(db.matrix()
                                .configs()
                                .failAll(List.of(new ConfigFailure(
                                        configLease(), given.error(), given.retryAfter(), given.permanent()))))
                        .isEmpty());
        use(
                ExpectedOutput.class,
                output -> db.exchange()
                        .testCases()
                        .create(definitionVersion(), ((NewTestCase) setters.make(NewTestCase.class)).accept(output)));
        use(
                OutputConstraint.class,
                constraint -> db.exchange()
                        .testCases()
                        .create(
                                definitionVersion(),
                                ((NewTestCase) setters.make(NewTestCase.class)).constrain(constraint)));
        use(SemVer.class, number -> publish(number.toString(), newVersion()));
        use(Execution.class, execution -> publish(newVersion().execution(execution)));
        use(Scoring.class, scoring -> publish(newVersion().scoring(scoring)));
        use(
                Citation.class,
                citation -> ((NewBenchmarkDefinition) setters.make(NewBenchmarkDefinition.class)).citation(citation));
        use(Retry.class, retry -> retry.pauseAfter(3));
        use(
                Combination.class,
                given -> db.matrix()
                        .results()
                        .record(
                                new Combination(
                                        version(),
                                        machine(),
                                        framework(),
                                        given.workloadType(),
                                        given.batchSize(),
                                        given.sequenceLength()),
                                (NewBenchmarkResult) setters.make(NewBenchmarkResult.class)));
    }

    private void store(NewJob job) {
        db.jobs().get(db.jobs().create(job).id());
        db.jobs().createAll(List.of(job, job()));
    }

    private void connect(DatabaseConfig config) {
        try (Database other = Database.open(config)) {
            other.jobs().listPending(1);
        }
    }

    private Lease configLease() {
        UUID version = version();
        db.matrix()
                .configs()
                .populate(MatrixSpec.of(
                        version, List.of(machine()), List.of(framework()), List.of("qa"), List.of(1), List.of(1)));
        return db.matrix()
                .configs()
                .claim(
                        db.workers().register(NewWorker.of("w")),
                        ConfigScope.ALL.modelVersion(version),
                        1,
                        Duration.ofMinutes(1))
                .get(0)
                .lease();
    }

    /** To a version without test cases, where a metric gives the score. */
    private void submit(NewSubmission given) {
        NewSubmission.Results results = given.results();
        NewSubmission fitting =
                given.results(results.metrics(List.of(SubmissionMetric.of("accuracy", results.reportedScore())))
                        .cases(List.of()));
        DefinitionVersion version = measuredVersion();
        db.exchange()
                .submissions()
                .submit(new NewSubmission(
                        version.definitionId(),
                        version.id(),
                        SubmittedModel.of("p", "m"),
                        NewSubmission.Submitter.named("somebody"),
                        fitting.run(),
                        fitting.results(),
                        fitting.reproducibility(),
                        fitting.listing()));
    }

    private DefinitionVersion measuredVersion() {
        NewBenchmarkDefinition definition = (NewBenchmarkDefinition) setters.make(NewBenchmarkDefinition.class);
        NewDefinitionVersion version = NewDefinitionVersion.of(
                        "The first version.", PrimaryMetric.of("accuracy", "The share of right answers.", "accuracy"))
                .scoring(Scoring.of(AggregationMethod.MEAN).minimumTestCases(0));
        UUID id =
                db.exchange().definitions().create(definition, "1.0.0", version).id();
        db.exchange().definitions().submitForReview(id);
        db.exchange().definitions().activate(id);
        return db.exchange().definitions().latest(id).orElseThrow();
    }

    private UUID requested(VerificationKind kind, Json config) {
        return db.exchange()
                .verifications()
                .request(new NewVerification(submission(), kind, config))
                .id();
    }

    /** The lease on one that is in progress. */
    private Lease verification() {
        UUID id = requested(VerificationKind.AUDITOR, Json.EMPTY);
        return db.exchange().verifications().claimByPerson(id, user()).lease();
    }

    private void register(NewVerifierKey key) {
        PublicKey other = keys().getPublic();
        Instant from = key.validFrom() == null ? Instant.parse("0001-01-01T00:00:00Z") : key.validFrom();
        db.exchange()
                .verifierKeys()
                .register(new NewVerifierKey("k" + UUID.randomUUID(), user(), null, other, from, key.validTo()));
    }

    private static KeyPair keys() {
        try {
            return KeyPairGenerator.getInstance("Ed25519").generateKeyPair();
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
    }

    private void report(NewCommunityVerification given) {
        db.exchange()
                .communityVerifications()
                .create(new NewCommunityVerification(
                        submission(),
                        user(),
                        given.reproduced(),
                        given.reproducedScore(),
                        given.environmentDescription(),
                        given.environmentHash(),
                        given.evidenceUrl(),
                        given.notes()));
    }

    private void subscribe(NewEventSubscription given) {
        db.events()
                .subscriptions()
                .subscribe(new NewEventSubscription(
                        "s-" + UUID.randomUUID(),
                        given.delivery(),
                        given.wanted(),
                        given.endpoint(),
                        given.secret(),
                        given.start(),
                        given.maxFailures(),
                        given.onPoison()));
    }

    private EventLease eventLease() {
        return new EventLease(UUID.randomUUID(), "s", EventDelivery.PULL, 1, 0, 0, Instant.EPOCH, 0);
    }

    private UUID proposal() {
        NewProposal proposal = NewProposal.of(
                "A title", "A description.", "A rationale.", Subject.updateBenchmark(definition(), NAMED), 1);
        UUID id = db.governance().proposals().create(proposal).id();
        return db.governance().proposals().submitForReview(id).id();
    }

    private UUID definition() {
        return db.exchange().definitions().getVersion(definitionVersion()).definitionId();
    }

    private void vote(NewVote given) {
        UUID id = proposal();
        db.governance().proposals().openVoting(id, Duration.ofDays(1));
        db.governance().proposals().vote(new NewVote(id, user(), given.choice(), given.power(), given.reasoning()));
    }

    private void comment(NewReviewComment given) {
        UUID review = db.governance().reviews().create(proposal(), user()).id();
        db.governance()
                .reviews()
                .comments()
                .create(new NewReviewComment(
                        review,
                        user(),
                        given.content(),
                        given.kind(),
                        null,
                        given.path(),
                        given.lineFrom(),
                        given.lineTo()));
    }

    private void amend(NewAmendment given) {
        db.governance()
                .amendments()
                .create(new NewAmendment(proposal(), given.title(), given.description(), NAMED, user()));
    }

    private UUID submission() {
        return submit(caseResult(), Reproducibility.NONE, List.of());
    }

    private static NewCaseResult caseResult() {
        return NewCaseResult.of("k", true, 0.5);
    }

    private UUID submit(NewCaseResult result, Reproducibility reproducibility, List<SubmissionMetric> metrics) {
        Instant now = Instant.now();
        NewSubmission.Run run = new NewSubmission.Run("r", now, now);
        return db.exchange()
                .submissions()
                .submit(NewSubmission.of(
                                activeVersion(),
                                SubmittedModel.of("p", "m"),
                                NewSubmission.Submitter.named("somebody"),
                                run,
                                result.score())
                        .cases(List.of(result))
                        .metrics(metrics)
                        .reproducibility(reproducibility))
                .submission()
                .id();
    }

    private DefinitionVersion activeVersion() {
        DefinitionRepository definitions = db.exchange().definitions();
        NewDefinitionVersion version = NewDefinitionVersion.of(
                        "The first version.", PrimaryMetric.of("accuracy", "The share of right answers.", "accuracy"))
                .cases(List.of(NewTestCase.of("k", "name", "prompt")));
        NewBenchmarkDefinition definition = (NewBenchmarkDefinition) setters.make(NewBenchmarkDefinition.class);
        UUID id = definitions.create(definition, "1.0.0", version).id();
        definitions.submitForReview(id);
        definitions.activate(id);
        return definitions.latest(id).orElseThrow();
    }

    private UUID user() {
        return db.users()
                .create(NewUser.of(UUID.randomUUID() + "@x", "u" + UUID.randomUUID()))
                .id();
    }

    private NewDefinitionVersion newVersion() {
        return (NewDefinitionVersion) setters.make(NewDefinitionVersion.class);
    }

    private void publish(NewDefinitionVersion version) {
        publish("1.0.0", version);
    }

    private void publish(String number, NewDefinitionVersion version) {
        NewBenchmarkDefinition definition = (NewBenchmarkDefinition) setters.make(NewBenchmarkDefinition.class);
        db.exchange().definitions().create(definition, number, version);
    }

    private UUID definitionVersion() {
        NewBenchmarkDefinition definition = (NewBenchmarkDefinition) setters.make(NewBenchmarkDefinition.class);
        NewDefinitionVersion version = (NewDefinitionVersion) setters.make(NewDefinitionVersion.class);
        UUID created =
                db.exchange().definitions().create(definition, "1.0.0", version).id();
        return db.exchange()
                .definitions()
                .version(created, "1.0.0")
                .orElseThrow()
                .id();
    }

    private UUID experiment() {
        return db.tracking()
                .experiments()
                .create(NewExperiment.of("e", ExperimentKind.EVALUATION))
                .id();
    }

    private NewComparison comparison() {
        NewComparison.Outcome outcome = NewComparison.Outcome.of(1, Json.EMPTY);
        return NewComparison.of("c", setup(), compared(), outcome, provenance());
    }

    private List<ComparisonMember> compared() {
        return List.of(ComparisonMember.of(experiment(), "a"), ComparisonMember.of(experiment(), "b"));
    }

    private static NewComparison.Setup setup() {
        return new NewComparison.Setup(ComparisonUnit.EXPERIMENT, "score", Pairing.ITEM, "paired t", Json.EMPTY);
    }

    private static NewComparison.Provenance provenance() {
        return new NewComparison.Provenance("1.0.0", "0".repeat(64));
    }

    private UUID model() {
        return db.catalog()
                .models()
                .create(NewModel.of("m" + UUID.randomUUID(), ModelKind.OPEN))
                .id();
    }

    private UUID version() {
        return db.catalog()
                .modelVersions()
                .create(NewModelVersion.of(model(), Quantization.FP16, ModelFormat.SAFETENSORS))
                .id();
    }

    private UUID machine() {
        return db.catalog()
                .hardware()
                .create(NewHardwareConfig.of("c", "g", 1, BigDecimal.TEN, BigDecimal.ONE))
                .id();
    }

    private UUID framework() {
        return db.catalog()
                .frameworks()
                .create(NewInferenceFramework.of("f" + UUID.randomUUID(), "1"))
                .id();
    }

    private Combination combination() {
        return new Combination(version(), machine(), framework(), "chatbot", 1, 1);
    }

    private static NewJob job() {
        return NewJob.of("t", Json.EMPTY);
    }

    /** Whatever an accessor without parameters returns, and what that has: repositories and rooms. */
    private void rooms(Object owner) {
        for (Method method : owner.getClass().getMethods()) {
            Class<?> type = method.getReturnType();
            if (method.getParameterCount() == 0
                    && type.getSimpleName()
                            .matches(".*Repository|Catalog|Matrix|JobLimits"
                                    + "|JobSchedules|Exchange|Governance|Tracking")) {
                setters.sample(type, () -> get(method, owner));
                if (!type.getSimpleName().endsWith("Backend")) {
                    rooms(get(method, owner));
                }
            }
        }
    }

    private static Object get(Method method, Object owner) {
        try {
            return method.invoke(owner);
        } catch (ReflectiveOperationException e) {
            throw new IllegalStateException(e);
        }
    }

    private Lease lease() {
        Worker worker = db.workers().register(NewWorker.of("w").queues("leases"));
        db.jobs().create(job().queue("leases"));
        return db.jobs().claim(worker, 1).get(0).lease();
    }

    /** A filter lists and counts, an update is applied to a row that is not there; whatever runs is closed. */
    void use(@Nullable Object made) throws Throwable {
        if (made == null) {
            return;
        }
        if (uses.containsKey(made.getClass())) {
            uses.get(made.getClass()).accept(made);
        } else if (made instanceof AutoCloseable running && !(made instanceof Database)) {
            running.close();
        } else if (made instanceof Conditions<?> || made instanceof Assignments<?>) {
            boolean used = false;
            for (Class<?> type : setters.known()) {
                if (listsBy(type, made.getClass())) {
                    used = true;
                    list((Rows<?, ?>) Objects.requireNonNull(setters.make(type)), made);
                }
                for (Method verb : type.getMethods()) {
                    boolean takes = Arrays.asList(verb.getParameterTypes()).contains(made.getClass());
                    if (takes && verb.getName().matches("list|count|update|change|summary|votes|votesOf|countVotes")) {
                        used = true;
                        run(verb, made);
                    }
                }
            }
            assertThat(used).as("a repository takes " + made.getClass()).isTrue();
        }
    }

    private static boolean listsBy(Class<?> type, Class<?> filter) {
        return type.getGenericSuperclass() instanceof ParameterizedType rows
                && rows.getRawType() == TableRows.class
                && rows.getActualTypeArguments()[1] == filter;
    }

    @SuppressWarnings("unchecked")
    private static <F> void list(Rows<?, F> rows, Object filter) {
        rows.list((F) filter, 1);
        rows.count((F) filter);
    }

    private void run(Method verb, Object made) throws Throwable {
        int at = Arrays.asList(verb.getParameterTypes()).indexOf(made.getClass());
        setters.call(new Setter(verb, at), made);
    }
}
