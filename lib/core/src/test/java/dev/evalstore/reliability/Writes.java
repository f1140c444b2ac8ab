package dev.evalstore.reliability;

import java.util.List;
import java.util.Set;
import java.util.stream.Stream;

/** Every method of every room that writes; {@link UnknownOutcomeTest} fails where one is missing. */
final class Writes {
    /** What leaves a line in the trail where somebody acts. */
    static final Set<String> TOLD = Set.of(
            "users.create/1",
            "users.update/2",
            "users.setPassword/2",
            "users.softDelete/1",
            "users.anonymize/1",
            "users.delete/1",
            "apiKeys.create/1",
            "apiKeys.setActive/2",
            "apiKeys.revoke/1",
            "apiKeys.rotate/3",
            "apiKeys.delete/1",
            "models.create/1",
            "models.update/2",
            "models.delete/1",
            "modelVersions.create/1",
            "modelVersions.update/2",
            "modelVersions.delete/1",
            "hardware.create/1",
            "hardware.update/2",
            "hardware.delete/1",
            "frameworks.create/1",
            "frameworks.update/2",
            "frameworks.delete/1",
            "useCases.create/1",
            "useCases.update/2",
            "useCases.delete/1",
            "jobs.delete/1",
            "jobs.cancel/1",
            "jobs.retry/1",
            "configs.delete/1",
            "configs.requeueFailed/1");

    private Writes() {}

    static List<Write<?>> all() {
        return Stream.concat(plain().stream(), told()).toList();
    }

    /** Each on behalf of somebody. */
    private static Stream<Write<?>> told() {
        return plain().stream().filter(write -> TOLD.contains(write.verb())).map(Write::acting);
    }

    static List<Write<?>> plain() {
        return Stream.of(
                        BenchmarkWrites.benchmarks(),
                        BenchmarkWrites.catalog(),
                        JobWrites.jobs(),
                        JobWrites.workers(),
                        MatrixWrites.matrix(),
                        AccountWrites.accounts(),
                        AccountWrites.trail(),
                        StateWrites.state(),
                        StateWrites.locks(),
                        MaintenanceWrites.upkeep())
                .flatMap(List::stream)
                .toList();
    }

    static Object done(Runnable action) {
        action.run();
        return true;
    }
}
