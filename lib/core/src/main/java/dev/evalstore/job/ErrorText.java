package dev.evalstore.job;

import dev.evalstore.internal.Check;

/** The text that is stored of an exception that ended an attempt. */
final class ErrorText {
    private ErrorText() {}

    /**
     * The exception for people to read, cut, and without characters that cannot be stored. An exception is the host's code and may
     * itself fail when it is asked: then its class alone is named.
     */
    static String of(Throwable e) {
        return of("", e);
    }

    /** The same after words of the library's. */
    static String of(String before, Throwable e) {
        String type = e.getClass().getName();
        try {
            String text = text(before, type, e);
            return text.isBlank() ? before + type : text;
        } catch (Throwable unreadable) {
            return before + type;
        }
    }

    private static String text(String before, String type, Throwable e) {
        String message = e.getLocalizedMessage();
        if (e instanceof JobFailedException) {
            return storable(Check.cut(before, message == null ? type : message));
        }
        // A very long message is not asked for again with its class before it, which would copy it.
        return storable(
                message != null && message.length() > Check.MAX_ERROR
                        ? Check.cut(before + type + ": ", message)
                        : Check.cut(before, e.toString()));
    }

    private static String storable(String text) {
        StringBuilder storable = new StringBuilder(text.length());
        text.codePoints()
                .map(c -> c == 0 || c >= Character.MIN_SURROGATE && c <= Character.MAX_SURROGATE ? 0xFFFD : c)
                .forEach(storable::appendCodePoint);
        return storable.toString();
    }
}
