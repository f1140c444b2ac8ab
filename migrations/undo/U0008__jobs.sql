-- Undoes V0008__jobs.sql: every job, worker, limit and schedule is lost.
drop table ${schema}.job_schedules;
drop table ${schema}.job_queues;
drop table ${schema}.job_attempts;
drop table ${schema}.job_unique;
drop table ${schema}.job_finished;
drop table ${schema}.job_leases;
drop table ${schema}.job_scheduled;
drop table ${schema}.job_ready;
drop table ${schema}.jobs;
drop sequence ${schema}.lease_tokens;
drop sequence ${schema}.job_numbers;
drop table ${schema}.job_limits;
drop table ${schema}.job_lanes;
drop table ${schema}.workers;
drop sequence ${schema}.worker_generations;
