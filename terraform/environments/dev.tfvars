# dev: cheap, and may be thrown away. What differs per installation (project, GitHub's numbers, images, archives) comes
# from the command line or the workflow; README.md lists it.

environment = "dev"

database_availability_type      = "ZONAL"
database_backups_enabled        = false
database_disk_gigabytes         = 10
database_disk_limit_gigabytes   = 50
database_max_connections        = 400
database_point_in_time_recovery = false
database_replica_enabled        = false
database_tier                   = "db-g1-small"
deletion_protection             = false

budget_amount    = 50
mirror_keep_days = 30
