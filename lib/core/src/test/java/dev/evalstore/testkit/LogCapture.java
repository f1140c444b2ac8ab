package dev.evalstore.testkit;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.lang.reflect.Field;
import java.nio.charset.StandardCharsets;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.event.Level;

/** What one logger writes while this is open, at the given level and above; slf4j-simple prints to {@code System.err}. */
public final class LogCapture implements AutoCloseable {
    private final PrintStream before = System.err;
    private final ByteArrayOutputStream written = new ByteArrayOutputStream();
    private final Logger logger;
    private final int levelBefore;

    private LogCapture(String name, Level level) {
        logger = LoggerFactory.getLogger(name);
        levelBefore = level(level.toInt());
        System.setErr(new PrintStream(written, true, StandardCharsets.UTF_8));
    }

    public static LogCapture of(String logger, Level level) {
        return new LogCapture(logger, level);
    }

    public String text() {
        return written.toString(StandardCharsets.UTF_8);
    }

    /** slf4j-simple reads levels once, from a file. */
    private int level(int next) {
        try {
            Field field = logger.getClass().getDeclaredField("currentLogLevel");
            field.setAccessible(true);
            int last = field.getInt(logger);
            field.setInt(logger, next);
            return last;
        } catch (ReflectiveOperationException e) {
            throw new IllegalStateException(e);
        }
    }

    @Override
    public void close() {
        System.setErr(before);
        level(levelBefore);
    }
}
