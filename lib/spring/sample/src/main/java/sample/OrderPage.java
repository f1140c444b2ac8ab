package sample;

import java.util.UUID;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.RestController;

@RestController
class OrderPage {
    private final Orders orders;

    OrderPage(Orders orders) {
        this.orders = orders;
    }

    @PostMapping("/orders")
    UUID place(@RequestParam String item) {
        return orders.place(item);
    }
}
