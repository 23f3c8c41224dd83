/** The market's categories: slug → what a visitor reads. */
export const CATEGORIES = Object.freeze({
  art: 'Art',
  books: 'Books',
  cameras: 'Cameras',
  coins: 'Coins',
  furniture: 'Furniture',
  jewelry: 'Jewelry',
  watches: 'Watches',
  wine: 'Wine',
});
