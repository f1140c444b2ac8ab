package dev.evalstore.backup;

import java.util.List;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** A backup cannot be made or is not whole. The message names each file or table, and what is wrong with it. */
public final class BackupException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    private final transient List<BackupProblem> problems;

    /** @param problems what is wrong, at least one */
    public BackupException(List<BackupProblem> problems, @Nullable Throwable cause) {
        super(problems.stream().map(BackupProblem::message).collect(Collectors.joining("; ")), cause);
        this.problems = List.copyOf(problems);
    }

    BackupException(BackupProblem.Kind kind, String place, String message, @Nullable Throwable cause) {
        this(List.of(new BackupProblem(kind, place, place + ": " + message)), cause);
    }

    /** What is wrong, the first found first; of very many the first hundred. */
    public List<BackupProblem> problems() {
        return problems;
    }
}
