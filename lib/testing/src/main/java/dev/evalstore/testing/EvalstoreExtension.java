package dev.evalstore.testing;

import dev.evalstore.Database;
import java.lang.reflect.Constructor;
import java.lang.reflect.Parameter;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.extension.AfterAllCallback;
import org.junit.jupiter.api.extension.AfterEachCallback;
import org.junit.jupiter.api.extension.BeforeAllCallback;
import org.junit.jupiter.api.extension.BeforeEachCallback;
import org.junit.jupiter.api.extension.ExtensionConfigurationException;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.ExtensionContext.Namespace;
import org.junit.jupiter.api.extension.ParameterContext;
import org.junit.jupiter.api.extension.ParameterResolver;
import org.junit.jupiter.api.parallel.ExecutionMode;

/**
 * Gives each test class a database of its own on a real PostgreSQL, with the schema of the library, and empties it before each
 * test. Registered by {@link Evalstore}, or as a field:
 *
 * <pre>{@code
 * @RegisterExtension
 * static final EvalstoreExtension evalstore = EvalstoreExtension.create();
 * }</pre>
 *
 * <p>The server is one a JVM, started at first use: an embedded PostgreSQL, or the one that the variable {@code
 * EVALSTORE_TEST_URL} names, whose user is a superuser, or a container of the image that {@code -Devalstore.test.docker} names.
 * Databases of runs that were killed are removed at the next run.
 *
 * <p>Classes run in parallel as they like. Nested classes use the database of the class around them. Methods that JUnit may run
 * at once have a database each, and so have those of an extension in a field that is not static. Two extensions in a class are
 * two databases; parameters then come from the one that is named first. Constructors have parameters too, but not where methods
 * run at once.
 */
public final class EvalstoreExtension
        implements BeforeAllCallback, BeforeEachCallback, AfterEachCallback, AfterAllCallback, ParameterResolver {
    private static final Set<Class<?>> PARAMETERS = Set.of(Database.class, TestStore.class, JobTester.class);

    private final @Nullable Role role;
    private final boolean resets;
    private final Namespace namespace = Namespace.create(EvalstoreExtension.class, this);
    private volatile @Nullable TestStore last;

    /** For {@link Evalstore}, which says the rest. */
    EvalstoreExtension() {
        this(null, true);
    }

    private EvalstoreExtension(@Nullable Role role, boolean resets) {
        this.role = role;
        this.resets = resets;
    }

    /** An extension that opens the database as the application's role and empties it before each test. */
    public static EvalstoreExtension create() {
        return new EvalstoreExtension(Role.APPLICATION, true);
    }

    /** The same as another role. */
    public EvalstoreExtension as(Role another) {
        return new EvalstoreExtension(Objects.requireNonNull(another, "another"), resets);
    }

    /** The same without emptying: the tests of a class share what they store. */
    public EvalstoreExtension withoutReset() {
        return new EvalstoreExtension(role, false);
    }

    /** Whose database it is: that of a class, or of a method that has one of its own. */
    private record Owned(TestStore store, ExtensionContext by) {}

    @Override
    public void beforeAll(ExtensionContext context) {
        if (found(context) == null) {
            make(context);
        }
        last = store(context);
    }

    @Override
    public void beforeEach(ExtensionContext context) {
        if (found(context) == null || context.getExecutionMode() == ExecutionMode.CONCURRENT) {
            requireNoConstructor(context);
            make(context);
        } else if (resets(context)) {
            store(context).reset();
        }
        last = store(context);
    }

    @Override
    public void afterEach(ExtensionContext context) {
        close(context);
    }

    @Override
    public void afterAll(ExtensionContext context) {
        close(context);
    }

    /** An instance's database would be the class's, and that of its methods another. */
    private void requireNoConstructor(ExtensionContext context) {
        if (context.getStore(namespace).get(Constructor.class) != null) {
            throw new ExtensionConfigurationException(
                    "methods that run at once have a database each: take it as a parameter of the method, and not of the"
                            + " constructor of "
                            + context.getRequiredTestClass().getName());
        }
    }

    private void make(ExtensionContext context) {
        context.getStore(namespace).put(Owned.class, new Owned(TestStore.create(role(context)), context));
    }

    private void close(ExtensionContext context) {
        Owned owned = found(context);
        if (owned != null && owned.by() == context) {
            context.getStore(namespace).remove(Owned.class);
            owned.store().close();
        }
    }

    /** A store of JUnit's also looks into those of the classes around. */
    private @Nullable Owned found(ExtensionContext context) {
        return context.getStore(namespace).get(Owned.class, Owned.class);
    }

    private TestStore store(ExtensionContext context) {
        Owned owned = found(context);
        if (owned == null) {
            throw new IllegalStateException("there is no database before beforeAll");
        }
        return owned.store();
    }

    private Role role(ExtensionContext context) {
        if (role != null) {
            return role;
        }
        Evalstore given = annotation(context);
        return given == null ? Role.APPLICATION : given.role();
    }

    private boolean resets(ExtensionContext context) {
        Evalstore given = role == null ? annotation(context) : null;
        return given == null ? resets : given.reset();
    }

    /** Of the class, or of one around it. */
    private static @Nullable Evalstore annotation(ExtensionContext context) {
        for (Class<?> type = context.getRequiredTestClass(); type != null; type = type.getEnclosingClass()) {
            Evalstore given = type.getAnnotation(Evalstore.class);
            if (given != null) {
                return given;
            }
        }
        return null;
    }

    /**
     * The database of the class whose tests run; where classes or methods run at once, use a parameter instead.
     *
     * @throws IllegalStateException before the class begins
     */
    public TestStore store() {
        TestStore now = last;
        if (now == null) {
            throw new IllegalStateException("there is no database yet: the extension's class has not begun");
        }
        return now;
    }

    /** {@link TestStore#database} of {@link #store}. */
    public Database database() {
        return store().database();
    }

    /** A tester of the jobs in {@link #store}. */
    public JobTester jobs() {
        return new JobTester(store());
    }

    @Override
    public boolean supportsParameter(ParameterContext parameter, ExtensionContext context) {
        return PARAMETERS.contains(parameter.getParameter().getType());
    }

    @Override
    public Object resolveParameter(ParameterContext parameter, ExtensionContext context) {
        if (parameter.getDeclaringExecutable() instanceof Constructor) {
            if (found(context) == null) {
                // Where an instance is the class's, it is made before beforeAll.
                make(context);
            }
            context.getStore(namespace).put(Constructor.class, true);
        }
        TestStore store = store(context);
        Parameter wanted = parameter.getParameter();
        if (wanted.getType() == TestStore.class) {
            return store;
        }
        return wanted.getType() == Database.class ? store.database() : new JobTester(store);
    }
}
