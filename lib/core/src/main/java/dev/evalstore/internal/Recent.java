package dev.evalstore.internal;

import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * A cache of bounded size. It has two halves: where the younger one is full, the older one is dropped, and what is
 * still in use moves over. So it holds at least the {@code max} values used last, and at most twice as many.
 * Thread-safe; a look-up of what is in the younger half takes no lock.
 */
public final class Recent<K, V> {
    private final ReentrantLock lock = new ReentrantLock();
    private final int max;
    private volatile Map<K, V> young = new ConcurrentHashMap<>();
    private Map<K, V> old = Map.of();

    public Recent(int max) {
        this.max = max;
    }

    public @Nullable V get(K key) {
        V value = young.get(key);
        return value != null ? value : moved(key);
    }

    /** The value, made where there is none; no two callers get different ones while it is kept. */
    public V get(K key, Function<? super K, ? extends V> make) {
        V value = young.get(key);
        if (value != null) {
            return value;
        }
        lock.lock();
        try {
            V known = moved(key);
            V kept = known != null ? known : make.apply(key);
            put(key, kept);
            return kept;
        } finally {
            lock.unlock();
        }
    }

    public void put(K key, V value) {
        lock.lock();
        try {
            if (young.size() >= max && !young.containsKey(key)) {
                old = young;
                young = new ConcurrentHashMap<>();
            }
            young.put(key, value);
        } finally {
            lock.unlock();
        }
    }

    /** Removes the value where it is still this one. */
    public void remove(K key, V value) {
        lock.lock();
        try {
            young.remove(key, value);
            if (value.equals(old.get(key))) {
                old.remove(key);
            }
        } finally {
            lock.unlock();
        }
    }

    public int size() {
        lock.lock();
        try {
            return young.size() + old.size();
        } finally {
            lock.unlock();
        }
    }

    private @Nullable V moved(K key) {
        lock.lock();
        try {
            V value = young.get(key);
            if (value == null) {
                value = old.get(key);
                if (value != null) {
                    put(key, value);
                }
            }
            return value;
        } finally {
            lock.unlock();
        }
    }
}
