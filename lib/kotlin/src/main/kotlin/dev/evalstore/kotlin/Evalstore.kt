package dev.evalstore.kotlin

import dev.evalstore.Database
import dev.evalstore.Json
import dev.evalstore.Tx
import dev.evalstore.TxOptions
import dev.evalstore.event.EventContext
import dev.evalstore.job.JobContext
import dev.evalstore.job.JobRunner
import dev.evalstore.lock.Lock
import dev.evalstore.lock.LockRepository
import java.time.Duration
import kotlin.reflect.typeOf

/**
 * [Database.inTransaction] whose types are inferred: commits when the work returns, rolls back when it throws anything. The result
 * may be null. The work must stay on its thread's side of a suspension: it cannot call a suspending function.
 */
public fun <T> Database.transaction(options: TxOptions = TxOptions.DEFAULT, work: (Tx) -> T): T =
    inTransaction<Result<T>, Exception>(options) { tx -> Result(work(tx)) }.value

/** [Tx.inTransaction] whose types are inferred: a savepoint, to which the transaction returns when the work throws anything. */
public fun <T> Tx.transaction(work: (Tx) -> T): T =
    inTransaction<Result<T>, Exception> { tx -> Result(work(tx)) }.value

/**
 * [JobRunner.Builder.handle] for payloads of the type [P]. What the handler returns is the job's result, and `Unit` is none.
 *
 * @throws IllegalArgumentException if the type of job has a handler already, or [P] has type arguments, which a payload loses
 */
public inline fun <reified P : Any> JobRunner.Builder.handle(
    type: String,
    noinline handler: (JobContext<P>) -> Any?,
): JobRunner.Builder = handle(type, plainClass<P>()) { context -> orNull(handler(context)) }

/** [JobContext.complete] whose types are inferred. What the work returns is the job's result, and `Unit` is none. */
public fun JobContext<*>.completing(work: (Tx) -> Any?): Any? = complete<Exception> { tx -> orNull(work(tx)) }

/** [EventContext.complete] whose types are inferred. */
public fun EventContext.completing(work: (Tx) -> Unit): Unit = complete<Exception> { tx -> work(tx) }

/** [LockRepository.withLock] whose types are inferred; null if the lock was not acquired in time, and the work did not run. */
public fun <T : Any> LockRepository.locking(
    resource: String,
    holder: String,
    ttl: Duration,
    wait: Duration,
    work: (Lock) -> T,
): T? = withLock<T, Exception>(resource, holder, ttl, wait) { lock -> work(lock) }.orElse(null)

/**
 * [Json.as], whose name is a keyword here.
 *
 * @throws IllegalArgumentException if the document does not fit, or [T] has type arguments, which a class loses
 */
public inline fun <reified T : Any> Json.read(): T = `as`(plainClass<T>())

/** The class of a type without arguments: a `List<Payload>` would be read as a list of maps. */
@PublishedApi
internal inline fun <reified T : Any> plainClass(): Class<T> {
    require(typeOf<T>().arguments.isEmpty()) { "type arguments are lost: wrap ${T::class.java.name} in a class" }
    return T::class.javaObjectType
}

@PublishedApi
internal fun orNull(result: Any?): Any? = result.takeIf { it != Unit }

/** A result that may be null, which the library's own transactions do not return. */
private class Result<T>(val value: T)
