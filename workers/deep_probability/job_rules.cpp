#include "workers/deep_probability/job_rules.hpp"

namespace reprise::deep_probability {

void require_recipe(const Recipe& recipe, const std::string& name, const JobTable& table) {
  table.require(recipe.epochs >= 1 && recipe.epochs < 500, name, "must have from 1 to 499 epochs");
  table.require(recipe.batch >= 2, name, "must have batches of at least 2");
  table.require(recipe.rate > 0 && recipe.rate <= 10, name, "must have a rate above 0 and at most 10");
  table.require(recipe.momentum >= 0 && recipe.momentum < 1, name, "must have a momentum from 0 to below 1");
  table.require(recipe.decay >= 0 && recipe.decay <= 1, name, "must have a decay from 0 to 1");
  table.require(recipe.patience >= 0, name, "must have a patience of 0 or more");
  table.require(recipe.shards >= 1 && 2 * recipe.shards <= recipe.batch, name,
                "must have from 1 shard to one for each two samples of a batch");
}

}  // namespace reprise::deep_probability
