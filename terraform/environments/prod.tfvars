# prod: survives the loss of a zone, can go back to any moment of a week, and is deleted by nobody in passing. What differs
# per installation (project, GitHub's numbers, images, archives) comes from the command line or the workflow.

environment = "prod"

database_availability_type       = "REGIONAL"
database_backups_enabled         = true
database_disk_gigabytes          = 100 # about 3,000 operations a second
database_disk_limit_gigabytes    = 1000
database_max_connections         = 1500
database_point_in_time_recovery  = true
database_replica_enabled         = true
database_replica_max_connections = 200
database_replica_tier            = "db-custom-2-7680"
database_reserved_connections    = 100
database_retained_backups        = 14
database_tier                    = "db-custom-4-15360"
deletion_protection              = true

instances = {
  create_listing  = { max = 10 }
  get_listing     = { max = 20, min = 1 }
  nl_query        = { max = 5 }
  place_bid       = { max = 20, min = 2 }
  search_listings = { max = 20, min = 1 }
}

budget_amount    = 1000
mirror_keep_days = 365
trace_share      = 0.05
