create table host_orders (id int primary key);
