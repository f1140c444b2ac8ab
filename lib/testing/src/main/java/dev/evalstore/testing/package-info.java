/**
 * Tests of services on evalstore: {@link dev.evalstore.testing.EvalstoreExtension} gives each test class a database on a real
 * PostgreSQL, {@link dev.evalstore.testing.TestStore} what a test asks of it, and {@link dev.evalstore.testing.JobTester} runs
 * jobs in the test's thread. What breaks things on purpose is in {@code dev.evalstore.testing.faults}.
 */
@NullMarked
package dev.evalstore.testing;

import org.jspecify.annotations.NullMarked;
