package dev.evalstore.examples;

import java.io.Console;
import java.io.PrintStream;

/**
 * How far an example is. On a console one line is drawn again and again; elsewhere, where a carriage return would only fill a log, a
 * line is printed for each tenth of the work.
 */
final class Progress {
    private final PrintStream out;
    private final boolean inPlace;
    private int tenths;
    private boolean isDrawn;

    Progress(PrintStream out, boolean inPlace) {
        this.out = out;
        this.inPlace = inPlace;
    }

    /** In place if the output is this process's, and a console. */
    static Progress on(PrintStream out) {
        return new Progress(out, out == System.out && isTerminal());
    }

    /** From JDK 22 on there is a console of a redirected output too, and a method that tells it from a terminal. */
    @SuppressWarnings("SystemConsoleNull")
    private static boolean isTerminal() {
        Console console = System.console();
        if (console == null) {
            return false;
        }
        try {
            return Boolean.TRUE.equals(Console.class.getMethod("isTerminal").invoke(console));
        } catch (NoSuchMethodException e) {
            return true;
        } catch (ReflectiveOperationException e) {
            return false;
        }
    }

    void show(double percent, String text) {
        if (inPlace) {
            out.printf("\r%-79s", text);
            out.flush();
            isDrawn = true;
        } else if ((int) (percent / 10) > tenths) {
            tenths = (int) (percent / 10);
            out.println(text);
        }
    }

    /** A line of its own, in place of what was drawn. */
    void line(String text) {
        if (isDrawn) {
            out.printf("\r%-79s%n", text);
            isDrawn = false;
        } else {
            out.println(text);
        }
    }

    /** Lets what was drawn stand. */
    void end() {
        if (isDrawn) {
            out.println();
            isDrawn = false;
        }
    }
}
