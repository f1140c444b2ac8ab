package sample;

import dev.evalstore.Database;
import dev.evalstore.Json;
import dev.evalstore.job.NewJob;
import jakarta.persistence.EntityManager;
import java.util.UUID;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.stereotype.Service;
import org.springframework.transaction.annotation.Propagation;
import org.springframework.transaction.annotation.Transactional;
import org.springframework.transaction.interceptor.TransactionAspectSupport;

/** An order is a row by JDBC, a row by JPA, and a job: all of them, or none. */
@Service
class Orders {
    private final JdbcTemplate jdbc;
    private final EntityManager entities;
    private final Database db;

    Orders(JdbcTemplate jdbc, EntityManager entities, Database db) {
        this.jdbc = jdbc;
        this.entities = entities;
        this.db = db;
    }

    // begin: spring orders
    @Transactional
    public UUID place(String item) {
        jdbc.update("insert into orders (item) values (?)", item);
        entities.persist(new OrderLine(item));
        return db.jobs().create(NewJob.of("ship", Json.of(new Parcel(item)))).id();
    }
    // end

    @Transactional(propagation = Propagation.REQUIRES_NEW)
    public void placeApart(String item) {
        place(item);
    }

    @Transactional
    public void placeAndFail(String item) {
        place(item);
        throw new IllegalStateException("out of " + item);
    }

    @Transactional
    public void placeAndGiveUp(String item) {
        place(item);
        TransactionAspectSupport.currentTransactionStatus().setRollbackOnly();
    }
}
