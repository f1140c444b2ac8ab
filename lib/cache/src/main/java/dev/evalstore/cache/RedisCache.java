package dev.evalstore.cache;

import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import redis.clients.jedis.ConnectionPoolConfig;
import redis.clients.jedis.DefaultJedisClientConfig;
import redis.clients.jedis.RedisClient;
import redis.clients.jedis.SslOptions;
import redis.clients.jedis.params.SetParams;
import redis.clients.jedis.util.JedisURIHelper;

/**
 * A shared cache in Redis. Needs the dependency {@code redis.clients:jedis}. Give the server a {@code maxmemory} and an
 * eviction policy, such as {@code allkeys-lfu}: values expire, but nothing bounds how many there are.
 */
public final class RedisCache implements SharedCache {
    private static final int MAX_CONNECTIONS = 16;
    private static final Duration MAX_TIMEOUT = Duration.ofSeconds(10);

    private final RedisClient client;

    private RedisCache(RedisClient client) {
        this.client = client;
    }

    /** {@link #at(URI, Duration)} with 200 milliseconds. */
    public static RedisCache at(URI server) {
        return at(server, Duration.ofMillis(200));
    }

    /**
     * Uses the server with at most 16 connections, which are made when they are needed: an absent server is no error.
     *
     * @param server {@code redis://[user:password@]host[:port][/database]}, or {@code rediss://} for TLS
     * @param timeout of a connection, of a wait for one, and of an answer; 1 millisecond to 10 seconds
     * @throws IllegalArgumentException if the address is none of Redis, or the timeout out of range
     */
    public static RedisCache at(URI server, Duration timeout) {
        Objects.requireNonNull(server, "server");
        if (!JedisURIHelper.isValid(server)
                || server.getScheme() == null
                || !server.getScheme().matches("rediss?")) {
            throw new IllegalArgumentException("server must be redis://host:port or rediss://host:port");
        }
        if (timeout.compareTo(Duration.ofMillis(1)) < 0 || timeout.compareTo(MAX_TIMEOUT) > 0) {
            throw new IllegalArgumentException("timeout must be from 1 millisecond to 10 seconds");
        }
        ConnectionPoolConfig pool = new ConnectionPoolConfig();
        pool.setMaxTotal(MAX_CONNECTIONS);
        pool.setMaxIdle(MAX_CONNECTIONS);
        pool.setMaxWait(timeout);
        int millis = (int) timeout.toMillis();
        DefaultJedisClientConfig.Builder config = DefaultJedisClientConfig.builder()
                .connectionTimeoutMillis(millis)
                .socketTimeoutMillis(millis)
                .clientName("evalstore-cache")
                .user(JedisURIHelper.getUser(server))
                .password(JedisURIHelper.getPassword(server))
                .database(JedisURIHelper.getDBIndex(server));
        if (JedisURIHelper.isRedisSSLScheme(server)) {
            config.sslOptions(SslOptions.defaults());
        }
        return new RedisCache(RedisClient.builder()
                .hostAndPort(JedisURIHelper.getHostAndPort(server))
                .clientConfig(config.build())
                .poolConfig(pool)
                .build());
    }

    @Override
    public byte @Nullable [] get(String key) {
        // No more than one value may have, whatever is under the key; of a key that is not there nothing.
        byte[] value = client.getrange(bytes(key), 0, Codec.MAX_LENGTH);
        return value.length == 0 ? null : value;
    }

    @Override
    public void put(String key, byte[] value, Duration timeToLive) {
        client.set(bytes(key), value, SetParams.setParams().px(Math.max(1, timeToLive.toMillis())));
    }

    @Override
    public void close() {
        client.close();
    }

    private static byte[] bytes(String key) {
        return key.getBytes(StandardCharsets.UTF_8);
    }
}
