package dev.evalstore.internal;

/** The text that is stored of an exception of the host's code. */
public final class ErrorText {
    private ErrorText() {}

    /**
     * The exception for people to read, cut, and without characters that cannot be stored. An exception is the host's code and may
     * itself fail when it is asked: then its class alone is named.
     */
    public static String of(Throwable e) {
        return of("", e);
    }

    /** The same after words of the library's. */
    public static String of(String before, Throwable e) {
        return text(before, e, false);
    }

    /** The message alone, of an exception that is made for it. */
    public static String message(Throwable e) {
        return text("", e, true);
    }

    private static String text(String before, Throwable e, boolean isMessageAlone) {
        String type = e.getClass().getName();
        try {
            String text = isMessageAlone ? message(before, type, e) : described(before, type, e);
            return text.isBlank() ? before + type : text;
        } catch (Throwable unreadable) {
            return before + type;
        }
    }

    private static String message(String before, String type, Throwable e) {
        String message = e.getLocalizedMessage();
        return storable(Check.cut(before, message == null ? type : message));
    }

    /** A very long message is not asked for again with its class before it, which would copy it. */
    private static String described(String before, String type, Throwable e) {
        String message = e.getLocalizedMessage();
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
