package dev.evalstore.bench;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

/** Threads that start together. */
final class Crowd {
    /** What each of them does. */
    @FunctionalInterface
    interface Member {
        void run(int number) throws Exception;
    }

    private Crowd() {}

    /** Runs so many, numbered from 0, to their end, and gives the seconds from their common start; a failure of one is thrown. */
    static double run(int size, Member member) throws Exception {
        ExecutorService threads = Executors.newFixedThreadPool(size);
        try {
            CountDownLatch ready = new CountDownLatch(size);
            CountDownLatch start = new CountDownLatch(1);
            List<Future<?>> all = new ArrayList<>();
            for (int i = 0; i < size; i++) {
                int number = i;
                all.add(threads.submit(() -> {
                    ready.countDown();
                    start.await();
                    member.run(number);
                    return number;
                }));
            }
            ready.await();
            long from = System.nanoTime();
            start.countDown();
            for (Future<?> one : all) {
                one.get();
            }
            return (System.nanoTime() - from) / 1e9;
        } finally {
            threads.shutdownNow();
        }
    }
}
