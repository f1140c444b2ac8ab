package dev.evalstore.exchange;

/**
 * An output could not be checked within the limits of time and recursion, or the test case cannot be checked at all.
 * So the output has neither passed nor failed.
 */
public final class OutputCheckException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    /** @param message which part of the check ended, and why; holds no part of the output or of the test case */
    public OutputCheckException(String message) {
        super(message);
    }
}
