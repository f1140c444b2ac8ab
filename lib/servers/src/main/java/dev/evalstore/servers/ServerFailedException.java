package dev.evalstore.servers;

/** One of PostgreSQL's programs could not do what it was asked for. */
public final class ServerFailedException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    private final String output;

    ServerFailedException(String message, String output, Throwable cause) {
        super(output.isBlank() ? message : message + ":\n" + output.strip(), cause);
        this.output = output;
    }

    ServerFailedException(String message, String output) {
        super(output.isBlank() ? message : message + ":\n" + output.strip());
        this.output = output;
    }

    /** What the program printed, and the end of the server's log; empty if there is neither. */
    public String output() {
        return output;
    }
}
